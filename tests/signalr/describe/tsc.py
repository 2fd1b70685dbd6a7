"""The TypeScript compiler of the page, run over modules that a test writes."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.paths import ROOT

NODE_MODULES = ROOT / "frontend" / "node_modules"
_OPTIONS = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "verbatimModuleSyntax": True,
    "target": "ES2023",
    "lib": ["ES2023", "DOM"],
    "module": "ESNext",
    "moduleResolution": "bundler",
    "types": [],
    "skipLibCheck": True,
    "noEmit": True,
}
_DIAGNOSTIC = re.compile(r"^(?P<file>[^\s(]+)\((?P<line>\d+),\d+\): error (?P<text>.*)$", re.MULTILINE)


def compile_errors(directory: Path, modules: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """What the compiler says of the modules, by file and line; only the first error of a line."""
    (directory / "node_modules").symlink_to(NODE_MODULES)
    (directory / "tsconfig.json").write_text(json.dumps({"compilerOptions": _OPTIONS, "include": ["*.ts"]}))
    for name, text in modules.items():
        (directory / name).write_text(text, encoding="utf-8")
    command = ["node", str(NODE_MODULES / "typescript" / "bin" / "tsc"), "--pretty", "false"]
    output = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False).stdout
    errors: dict[tuple[str, int], str] = {}
    for match in _DIAGNOSTIC.finditer(output):
        errors.setdefault((match["file"], int(match["line"])), match["text"])
    assert bool(errors) == bool(output.strip()), output
    return errors
