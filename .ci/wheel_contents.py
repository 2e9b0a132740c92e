"""Fail unless a wheel holds every file of the package: code, py.typed, schemas, parts of pages."""

import sys
from pathlib import Path
from zipfile import ZipFile

wanted = {
    path.as_posix()
    for pattern in ("*.py", "py.typed", "*.json", "*.html", "*.css", "*.js", "*.v")
    for path in Path("negeig").rglob(pattern)
}
packed = {name for name in ZipFile(sys.argv[1]).namelist() if name.startswith("negeig/")}
if wanted != packed:
    sys.exit(f"missing: {sorted(wanted - packed)}; not in the tree: {sorted(packed - wanted)}")
print(f"{Path(sys.argv[1]).name} holds all {len(packed)} files")
