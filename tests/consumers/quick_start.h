/* SPDX-License-Identifier: Apache-2.0
   The README's quick start in numbers: 4 channels of 3x3, stride 2, kernel 3x3 in correlation form, 2 channels of 6x6. */
#ifndef QUICK_START_H_
#define QUICK_START_H_

static const float kSrc[4 * 3 * 3] = {
    1, 0, 1, 0, 2, 1, 1, 1, 0, /* channel 0 */
    2, 0, 2, 0, 1, 0, 1, 0, 0, /* channel 1 */
    1, 1, 1, 2, 2, 0, 1, 1, 1, /* channel 2 */
    1, 1, 2, 1, 0, 1, 0, 2, 2, /* channel 3 */
};

static const float kWeights[2 * 4 * 3 * 3] = {
    1,  0, 1, -1, 1,  0, 0, -1, 0, /* out 0, in 0 */
    -1, 0, 1, 0,  0,  1, 1, 1,  1, /* out 0, in 1 */
    0,  1, 1, 2,  0,  1, 1, 2,  1, /* out 0, in 2 */
    1,  1, 1, 0,  2,  1, 1, 0,  1, /* out 0, in 3 */
    1,  0, 2, -2, 1,  1, 1, -1, 0, /* out 1, in 0 */
    -1, 0, 1, -1, 2,  1, 1, 1,  1, /* out 1, in 1 */
    0,  0, 0, 2,  2,  1, 1, -1, 1, /* out 1, in 2 */
    2,  1, 1, 0,  -1, 1, 1, 1,  1, /* out 1, in 3 */
};

static const float kExpected[2 * 6 * 6] = {
    4, 3, 6, 2, 7, 3, 4, 3, 3, 2, 7, 5, 8, 6, 8,  5, 11, 2, 3, 2, 7, 2, 3, 3, 5, 5, 11, 3, 9,  3, 2, 1, 4, 5, 4, 4, /* out 0 */
    4, 1, 7, 0, 7, 2, 5, 6, 0, 1, 8, 5, 8, 0, 8, -2, 14, 2, 3, 3, 9, 8, 1, 0, 3, 0, 13, 0, 11, 2, 3, 5, 3, 1, 3, 0, /* out 1 */
};

#endif /* QUICK_START_H_ */
