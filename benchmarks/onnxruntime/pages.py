# SPDX-License-Identifier: Apache-2.0
"""Pages of text, as a renderer makes them and as a camera sees them. A function of the seed alone."""
import cv2
import numpy
from PIL import Image, ImageDraw, ImageFont

SYLLABLES = "ba con de fer ga hol im jor ka lum men no or pas qui ren sta tra un ver wen xi yo zal".split()
WIDTH, HEIGHT = 960, 1280


def words(random, count):
    return " ".join("".join(random.choice(SYLLABLES, random.integers(1, 4))) for _ in range(count))


def rendered(seed):
    """Lines and short columns of several sizes, dark on light; height x width x 3, 8 bits."""
    random = numpy.random.default_rng(seed)
    page = Image.new("RGB", (WIDTH, HEIGHT), tuple(int(value) for value in random.integers(225, 256, 3)))
    draw = ImageDraw.Draw(page)
    y = 40
    while y < HEIGHT - 80:
        size = int(random.choice([16, 20, 24, 32, 48]))
        font = ImageFont.load_default(size)
        ink = tuple(int(value) for value in random.integers(0, 90, 3))
        for x in (60, 520) if size < 32 and random.random() < 0.4 else (60,):
            draw.text((x + int(random.integers(0, 30)), y), words(random, int(random.integers(1, 5))), ink, font)
        y += int(size * random.uniform(1.5, 2.5))
    return numpy.asarray(page)


def photographed(seed):
    """A rendered page seen at an angle on a dark table, lit from one side, blurred, with the sensor's noise and JPEG's blocks."""
    random = numpy.random.default_rng(seed + 1000)
    page = rendered(seed)
    corners = numpy.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
    middle = corners.mean(axis=0)
    seen = middle + (corners - middle) * 0.92 + random.uniform(-35, 35, (4, 2))
    warp = cv2.getPerspectiveTransform(corners, seen.astype(numpy.float32))
    photo = cv2.warpPerspective(page, warp, (WIDTH, HEIGHT), borderValue=(70, 62, 55)).astype(numpy.float32)
    light = numpy.linspace(1.0, random.uniform(0.55, 0.8), WIDTH, dtype=numpy.float32)[None, :, None]
    photo = cv2.GaussianBlur(photo * light, (0, 0), random.uniform(0.6, 1.2))
    photo += random.normal(0, 5, photo.shape)
    _, jpeg = cv2.imencode(".jpg", numpy.clip(photo, 0, 255).astype(numpy.uint8), [cv2.IMWRITE_JPEG_QUALITY, 75])
    return cv2.imdecode(jpeg, cv2.IMREAD_COLOR)


def pages(count):
    """Half rendered, half photographed: (name, image) each."""
    makers = (rendered, photographed)
    return [(f"{maker.__name__} {seed}", maker(seed)) for maker in makers for seed in range((count + 1) // 2)][:count]
