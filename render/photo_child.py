"""Started confined, as a program of its own: reads one photo and writes pictures of it.

`python -I photo_child.py PHOTO` writes `picture.jpg` and `thumb.jpg` into the working folder and
one JSON object to standard output. The photo is hostile until it is a grid of pixels: nothing of
it but pixels and upright orientation comes out.
"""

import json
import sys

import pillow_heif
from PIL import Image, ImageFile, ImageOps

MOST_PIXELS = 120_000_000
LONG_SIDE = 2048
THUMB = 320
FORMATS = ("JPEG", "PNG", "HEIF", "AVIF", "WEBP", "GIF", "BMP", "TIFF")


def main(name: str) -> None:
    """Makes both pictures; any error ends with its sentence on standard error and code 1."""
    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses at twice this number
    reasons: list[str] = []
    try:
        photo, source = _read(name)
    except OSError as error:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        reasons.append(str(error)[:160])
        photo, source = _read(name)
    photo.thumbnail((LONG_SIDE, LONG_SIDE))
    photo.save("picture.jpg", quality=88)
    size = photo.size
    photo.thumbnail((THUMB, THUMB))
    photo.save("thumb.jpg", quality=80)
    for made in ("picture.jpg", "thumb.jpg"):
        Image.open(made).load()
    body = {"height": size[1], "reasons": reasons, "source": source, "width": size[0]}
    sys.stdout.write(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _read(name: str) -> tuple[Image.Image, str]:
    with Image.open(name, formats=FORMATS) as photo:
        source = f"{photo.format} {photo.width}x{photo.height}"
        photo.draft("RGB", (LONG_SIDE, LONG_SIDE))
        photo.load()
        return ImageOps.exif_transpose(photo).convert("RGB"), source


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (OSError, ValueError, MemoryError, SyntaxError, Image.DecompressionBombError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
