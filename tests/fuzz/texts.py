"""Random texts of configs: from the grammar, from the sample workspace, and broken by edits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

_ROOT = Path(__file__).parents[2]
SAMPLES = tuple(
    path.read_text("utf-8")
    for folder in ("environments", "responses_api_agents")
    for path in sorted((_ROOT / folder).rglob("*.yaml"))
)
"""The configs, prompts and manifests of the sample workspace."""
TOKEN = "sk-kanari00willow"
"""Looks like the key of a service, so that it is a secret wherever it is."""
SECRET = "kanariunderaname"
"""Is a secret where it is under a name such as `api_key`."""

KEYS = (
    "a", "b", "c", "math", "agent", "config_paths", "_inherit_from", "_copy", "_delete_key", "name", "type", "domain",
    "entrypoint", "datasets", "resources_server", "resources_servers", "responses_api_agents", "responses_api_models",
    "model_server", "sandbox_provider", "docker", "agent_map", "jsonl_fpath", "license", "num_repeats", "prompt_config",
    "policy_model_name", "two words", "1", "yes", "~", "é", "\U0001f600", "'it''s'", '"q: r"', "<<", "? x", "[k]",
)  # fmt: skip
WORDS = (
    "a", "b", "math", "agent", "app.py", "train", "math_with_judge", "resources_servers", "policy_model",
    "simple_agent",
    "???", "??", "null", "~", "yes", "1", "1.5", "1e3", "0x1F", "010", "1_000", "1:30", "2001-01-01", ".inf", "*x",
    "*y",
    "two words", "x#y", "a:b", "http://u:p@h:8/p?q=1", "-x", "é", "\U0001f600", "\u2028", "<<", "=", "!x", "@", "`",
    "environments/math/config.yaml", "../a.yaml", "b.yaml", "/", "a.b.c", "math.resources_servers.math",
)  # fmt: skip
PIECES = (
    "-", "- ", ":", ": ", ", ", "?", "? ", "\n", "\n\n", "\r\n", "\r", " ", "  ", "\t", '"', "'", "[", "]", "{", "}",
    "#",
    " # c", "&x ", "*x", "<<: ", "!!str ", "!!binary ", "!x ", "|", "|-\n", ">", "|2\n", "%YAML 1.1\n", "@", "`", "=",
    "\\", "${", "}", "${a", "${oc.env:", "---\n", "...\n", "~", "\0", "\ufeff", "\u2028", "\x85", "\x1b[0m", "\ud800",
    "# gym-lsp: ignore", "# gym-lsp: ignore[unknown-domain]", "# gym-lsp: ignore-file[", "${a.b}", "'${b'", "é",
)  # fmt: skip
_NAMES = ("a", "b", "c", "a.b", ".a", "..b", "...c", "a[0]", "[a][b]", "a.${b}", "math.resources_servers", "d.e.f")
_RESOLVERS = (
    "oc.env", "oc.select", "oc.create", "oc.decode", "oc.deprecated", "oc.dict.keys", "oc.dict.values", "copy",
    "inherit_from", "swap_key", "nope", "${a}", "a:b",
)  # fmt: skip


def interpolation(random: Random, depth: int = 3) -> str:
    """Return a text with an interpolation, which may be broken."""
    kind = random.random()
    if depth == 0 or kind < 0.5:
        return f"${{{random.choice(_NAMES)}}}"
    inside = interpolation(random, depth - 1)
    if kind < 0.7:
        arguments = (
            random.choice((inside, random.choice(WORDS), f"'{inside}'", f"[{inside}, b]", f"{{a: {inside}}}")),
        )
        arguments *= random.choice((1, 1, 2, 3))
        return f"${{{random.choice(_RESOLVERS)}:{','.join(arguments)}}}"
    if kind < 0.9:
        return f"{random.choice(WORDS)}{inside}{random.choice(('', ' ', '}', random.choice(WORDS)))}"
    return inside[: random.randrange(len(inside) + 1)]


def scalar(random: Random) -> str:
    """Return a value on one line."""
    kind = random.random()
    text = interpolation(random) if kind < 0.25 else random.choice(WORDS)
    if 0.7 < kind < 0.85:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"' if kind > 0.85 or (kind < 0.25 and random.random() < 0.3) else text


def flow(random: Random, depth: int) -> str:
    """Return a value in brackets or braces."""
    if depth == 0 or random.random() < 0.3:
        return scalar(random)
    items = [flow(random, depth - 1) for _ in range(random.randrange(4))]
    if random.random() < 0.5:
        return f"[{', '.join(items)}]"
    return "{" + ", ".join(f"{random.choice(KEYS)}: {item}" for item in items) + "}"


def lines(random: Random, indent: int, depth: int, keys: Sequence[str] = KEYS) -> list[str]:
    """Return the lines of a block."""
    margin = " " * indent
    is_list = depth < 4 and random.random() < 0.2
    found: list[str] = []
    for _ in range(random.randrange(1, 4)):
        head = f"{margin}-" if is_list else f"{margin}{random.choice(keys)}:"
        if random.random() < 0.08:
            head += random.choice((" &x", " &y", " !!str", " !x", " # note"))
        kind = random.random()
        if depth > 0 and kind < 0.45:
            found.append(head)
            found += lines(random, indent + random.choice((2, 2, 2, 1, 4)), depth - 1)
        elif kind < 0.55:
            found.append(f"{head} {flow(random, 3)}")
        elif kind < 0.6:
            found.append(f"{head} {random.choice(('|', '>', '|-', '>+', '|2'))}")
            found += [f"{margin}  {scalar(random)}" for _ in range(random.randrange(3))]
        else:
            found.append(f"{head} {scalar(random)}")
    return found


def server(random: Random, name: str = "math") -> list[str]:
    """Return the lines of a server that is nearly right."""
    server_type = random.choice(
        ("resources_servers", "responses_api_agents", "responses_api_models", "resource_server")
    )
    found = [f"{name}:", f"  {server_type}:", f"    {random.choice(('math', 'simple_agent', name))}:"]
    for key, values in {
        "entrypoint": ("app.py", "/app.py", "", "5"),
        "domain": ("math", "maths", "[math]", "${domain}"),
        "resources_server": ("{type: resources_servers, name: math}", "{name: math}", "math", "{type: x, name: b}"),
        "model_server": ("{type: responses_api_models, name: policy_model}", "???"),
        "sandbox_provider": ("box", "math", "${box}"),
        "datasets": ("[{name: a, type: train, jsonl_fpath: a.jsonl}]", "[]", "{}", "[{type: example}, 5]"),
    }.items():
        if random.random() < 0.5:
            found.append(f"      {key}: {random.choice(values)}")
    if random.random() < 0.3:
        found += lines(random, 6, 2)
    return found


def config(random: Random) -> str:
    """Return a config that looks like a real one, mostly valid."""
    found: list[str] = []
    for name in random.sample(("math", "agent", "b", "box", "c"), random.randrange(1, 4)):
        found += server(random, name) if random.random() < 0.7 else lines(random, 0, 3, (name,))
    if random.random() < 0.4:
        source = random.choice(("math", "b", "agent.x", "nope"))
        found += [f"more: {{{random.choice(('_inherit_from', '_copy', '_delete_key'))}: {source}}}"]
    if random.random() < 0.3:
        found += lines(random, 0, 3)
    return "\n".join(found) + "\n"


def edited(random: Random, text: str) -> str:
    """Return a text after some random edits."""
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        at = random.randint(0, len(text))
        match random.randrange(6):
            case 0:
                text = text[:at] + random.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + random.choice((1, 1, 2, 10, 60)) :]
            case 2:
                split = text.splitlines(keepends=True) or [""]
                line = random.randrange(len(split))
                split[line] *= random.choice((0, 2, 3))
                text = "".join(split)
            case 3:
                split = text.splitlines(keepends=True) or [""]
                line = random.randrange(len(split))
                split[line] = random.choice((" ", "  ", "\t", "- ", "    ")) + split[line]
                text = "".join(split)
            case 4:
                end = min(len(text), at + random.randrange(40))
                text = text[:at] + text[at:end] * 2 + text[end:]
            case _:
                text = text[:at] + random.choice(WORDS) + text[at:]
    return text


def nested(random: Random) -> str:
    """Return a text that nests or repeats one piece."""
    piece = random.choice(
        ("[", "{a: ", "- ", "? ", "&x [", "${", "${a:", "a: b: ", "'", '"', "<<: *x\n", "a: 1\n", "!x ")
    )
    opening = random.choice(("", "a: ", "x: &x {b: 1}\n"))
    return f"{opening}{piece * random.choice((3, 30, 300))}{random.choice(PIECES)}"


def any_text(random: Random) -> str:
    """Return any text: structured, real, broken or nested."""
    kind = random.random()
    if kind < 0.02:
        return nested(random)
    if kind < 0.2:
        return "".join(random.choices(PIECES + WORDS, k=random.randrange(20)))
    text = config(random) if kind < 0.3 else "\n".join(lines(random, 0, 3)) + "\n"
    if kind > 0.99:
        text = random.choice(SAMPLES)
    return edited(random, text) if random.random() < 0.5 else text
