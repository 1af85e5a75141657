"""Started confined, as a program of its own: reads which place a photo's metadata name.

`python -I photo_place_child.py PHOTO` writes one JSON object to standard output: the tags of the
GPS part of its EXIF that `evidence.points.place_of_photo` asks for, as they stand there, texts as
texts and fractions as pairs of whole numbers. It judges nothing, and decodes no pixels.
"""

import json
import sys
from fractions import Fraction

import pillow_heif
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

FORMATS = ("JPEG", "PNG", "HEIF", "AVIF", "WEBP", "TIFF")
TAGS = (1, 2, 3, 4, 9, 18)
_GPS = 0x8825
_LONGEST = 16
_MOST = 4


def main(name: str) -> None:
    """Prints the tags; any error ends with its sentence on standard error and code 1."""
    pillow_heif.register_heif_opener(thumbnails=False)
    with Image.open(name, formats=FORMATS) as photo:
        found = photo.getexif().get_ifd(_GPS)
    told = {str(tag): _told(found[tag]) for tag in TAGS if tag in found}
    sys.stdout.write(json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _told(value: object) -> str | list[list[int]]:
    """A text, or fractions; empty for anything else."""
    if isinstance(value, str):
        return value[:_LONGEST]
    parts = value if isinstance(value, tuple) else (value,)
    return [_pair(part) for part in parts[:_MOST]]


def _pair(part: object) -> list[int]:
    if isinstance(part, IFDRational | Fraction | int):
        return [int(part.numerator), int(part.denominator)]
    return []


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (OSError, ValueError, MemoryError, SyntaxError, Image.DecompressionBombError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
