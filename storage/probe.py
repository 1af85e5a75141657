"""What the medium under a folder can do."""

import os
import tempfile
from pathlib import Path


def direct_io(folder: Path) -> bool:
    """Whether files under the folder can be read past the page cache (O_DIRECT)."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="probe-") as file:
        try:
            os.close(os.open(file.name, os.O_RDONLY | os.O_DIRECT))
        except OSError:
            return False
    return True
