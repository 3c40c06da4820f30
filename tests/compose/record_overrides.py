"""Read overrides with Hydra's own grammar and record their values in `data/overrides.json`.

    python tests/compose/record_overrides.py

`make record` runs it with the Python of an environment with `tests/parity/requirements.txt`. An override has its value,
or the key `refused` if Hydra raises an exception or would start a sweep.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data" / "overrides.json"
REFUSED = {"refused": True}

OVERRIDES = (
    """
a=1|+a=1|++a=1|++a.b.c=1|++a/b=1|++a-b=1|++policy_model_name=meta/llama-3|++a|~a
++a=yes|++a=on|++a=true|++a=True|++a=false|++a=null|++a=NULL|++a=None|++a=~|++a=|++a=''|++a='x y'|++a=x y|++a="x,y"
++a=1.5|++a=1e3|++a=010|++a=0x1f|++a=1:30|++a=1_000|++a=-1|++a=+1|++a=inf|++a=.5|++a=2001-01-01|++a=.|++a= 1|++a=1
++a=1 |++a=???|++a=[]|++a={}|++a=[1,2]|++a=[a,b c]|++a={b:1}|++a={b: 1, c: [x]}|++a=[{x:1}]
++a=['${b}',x${b}]|++a=[|++a={|++a=[a
++a=a,b|++a=a\\,b|++a=a:b|++a=x:|++a=http://h:8/x?y|++a=- x|++a=@x|++a=*x|++a=%x|++a=&x|++a=!x|++a=x#y
++a=a=b|++a=(x)|++a=${b}|++a=x/${b}|++a=${oc.env:X,y}|++a='${b} c'|++a="it's"|++a='it''s'|++a='x|++a=é|++a=}|++a=x}y
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def value_of(override: str) -> Any:
    module: Any = importlib.import_module("hydra.core.override_parser.overrides_parser")
    try:
        parsed: Any = module.OverridesParser.create().parse_override(override)
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses.
        return REFUSED
    if parsed.is_delete() or parsed.is_sweep_override():
        return REFUSED
    return _plain(parsed.value())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        pairs: Any = value.items()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return {str(_plain(key)): _plain(each) for key, each in pairs}
    if isinstance(value, list):
        return [_plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return getattr(value, "text", value)


def main() -> None:
    pairs = [[override, value_of(override)] for override in OVERRIDES]
    rows = ",\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs)
    DATA.write_text(f"[\n{rows}\n]\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
