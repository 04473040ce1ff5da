# SPDX-License-Identifier: Apache-2.0
"""Around the text detector: an image as its input, and its probability map as boxes (the DB method's own steps)."""
import cv2
import numpy

SHORT_SIDE, MULTIPLE = 736, 32  # the model's input: at least this high and wide, in whole cells of its deepest level
THRESHOLD, LEAST_SCORE, GROWTH, LEAST_SIDE = 0.3, 0.5, 1.6, 3


def detector_input(image):
    """(1, 3, height, width) in -1..1."""
    height, width = image.shape[:2]
    scale = max(1.0, SHORT_SIDE / min(height, width))
    size = [max(MULTIPLE, round(extent * scale / MULTIPLE) * MULTIPLE) for extent in (width, height)]
    return numpy.ascontiguousarray((cv2.resize(image, size).astype(numpy.float32) / 127.5 - 1).transpose(2, 0, 1)[None])


def score(probability, corners):
    """The mean probability inside a box."""
    x, y, width, height = cv2.boundingRect(corners.astype(numpy.int32))
    mask = numpy.zeros((height, width), numpy.uint8)
    cv2.fillPoly(mask, [(corners - (x, y)).astype(numpy.int32)], 1)
    inside = probability[max(y, 0):y + height, max(x, 0):x + width]
    return cv2.mean(inside, mask[max(-y, 0):, max(-x, 0):][:inside.shape[0], :inside.shape[1]])[0]


def boxes_of(output, shape):
    """Four corners of each box, in whole pixels of an image of this shape: integers (boxes, 4, 2), sorted."""
    probability = output[0, 0]
    bitmap = cv2.dilate((probability > THRESHOLD).astype(numpy.uint8), numpy.ones((2, 2), numpy.uint8))
    contours, _ = cv2.findContours(bitmap, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = numpy.float32([shape[1] / probability.shape[1], shape[0] / probability.shape[0]])
    boxes = []
    for contour in contours:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < LEAST_SIDE or score(probability, cv2.boxPoints((centre, (width, height), angle))) < LEAST_SCORE:
            continue
        grow = GROWTH * width * height / (width + height)  # twice the distance: area * growth / perimeter
        corners = cv2.boxPoints((centre, (width + grow, height + grow), angle)) * scale
        boxes.append(numpy.rint(numpy.clip(corners, 0, (shape[1] - 1, shape[0] - 1))).astype(int).tolist())
    return numpy.array(sorted(boxes)).reshape(-1, 4, 2)
