"""What gym-lsp reads from source agrees with what Python and pydantic make of it when it runs."""

from __future__ import annotations

import ast
import importlib
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gym_lsp.files import Disk
from gym_lsp.gym.fields import (
    AnyType,
    EnumType,
    FieldType,
    IntType,
    ListType,
    Model,
    NullType,
    RefType,
    StrType,
    UnionType,
    accepts,
    show,
)
from gym_lsp.gym.python.constant import NotConstant
from gym_lsp.gym.python.models import ModelReader
from gym_lsp.gym.python.module import Module
from gym_lsp.gym.python.source import External, Package, Source, SourceDefinition
from tests.corpus import Corpus
from tests.gym.probes import PROBES
from tests.memory import Memory

ROOT = PurePath("/root")
REPOSITORY = Path(__file__).parents[2]


def source(files: Mapping[str, str]) -> Source:
    return Source(Memory({ROOT / path: textwrap.dedent(text) for path, text in files.items()}), (ROOT,))


def module(text: str) -> Module:
    return Module(ROOT / "m.py", "m", textwrap.dedent(text))


def found(modules: Source, name: str, start: str = "m") -> SourceDefinition | External | Package | None:
    home = modules.module(start)
    assert home is not None
    return modules.find(home, name)


# Cutting a file into statements


def whole(text: str) -> dict[str, ast.stmt]:
    """Return the classes, functions and assignments of a file by parsing all of it."""
    definitions: dict[str, ast.stmt] = {}
    for statement in ast.parse(text).body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                definitions[name] = statement
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                definitions[name] = statement
            case _:
                pass
    return definitions


def assert_read_like_the_whole(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    cut = Module(path, path.stem, text)
    for name, node in whole(text).items():
        ours = cut.definition(name)
        assert ours is not None, name
        assert ast.dump(ours, include_attributes=True) == ast.dump(node, include_attributes=True), name
        if isinstance(node, ast.ClassDef):
            methods = {
                each.name: each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            assert cut.method_names(name) == set(methods), name
            for method in methods.values():
                found = cut.method(name, method.name)
                assert found is not None, method.name
                assert ast.dump(found, include_attributes=True) == ast.dump(method, include_attributes=True)


@pytest.mark.parametrize("path", sorted((REPOSITORY / "gym_lsp").rglob("*.py")), ids=lambda path: path.name)
def test_our_own_files_are_cut_right(path: Path) -> None:
    assert_read_like_the_whole(path)


@pytest.mark.corpus
def test_nemo_gyms_files_are_cut_right(corpus: Corpus) -> None:
    paths = sorted((corpus.release("0.7.0") / "nemo_gym").glob("*.py"))
    assert len(paths) > 40
    for path in paths:
        assert_read_like_the_whole(path)


ODD = {
    "strings that look like statements": '''
        NOTE = """
        def not_a_function(): ...
        WANTED = 1
        """
        WANTED = 2
        ''',
    "brackets that reach the margin": """
NAMES = [
first,
second]
WANTED = 2
""",
    "a comment between": "WANTED = 1\n# WANTED = 3\nWANTED = (  # two\n    2\n)\n",
    "a quote in a comment": "# it's\nWANTED = 2  # don't\n",
    "quotes in quotes": 'A = \'"""\'\nWANTED = 2\nB = \'"""\'\n',
    "a line that goes on": "A = 1 + \\\n    1\nWANTED = \\\n    2\n",
    "a raw string": 'A = r"\\"\nWANTED = 2\n' if sys.version_info < (3, 0) else 'A = r"\\\\"\nWANTED = 2\n',
    "under a condition": "import sys\nif sys.version_info:\n    WANTED = 2\nelse:\n    OTHER = 3\n",
    "tried": "try:\n    import json\nexcept ImportError:\n    pass\nelse:\n    WANTED = 2\n",
    "a chain": "FIRST = WANTED = 2\n",
    "an annotation": "WANTED: int = 2\n",
    "windows line ends": "A = 1\r\nWANTED = 2\r\n",
    "a form feed": "A = 1\n\x0c\nWANTED = 2\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
def test_odd_formatting(text: str) -> None:
    assert source({"m.py": text}).constant(module(text), "WANTED") == 2


@pytest.mark.parametrize("text", ["def broken(:\n    pass\n", "WANTED = (\n", "\0", "WANTED: = 2\n", "class\n"])
def test_what_is_not_python_defines_nothing(text: str) -> None:
    cut = module(text)
    assert cut.definition("WANTED") is None
    assert cut.imported("WANTED") is None
    assert cut.method("WANTED", "x") is None


def test_the_rest_of_a_broken_file_is_read() -> None:
    cut = module("A = 1\ndef broken(:\n    pass\nB = 2\n")
    assert isinstance(cut.definition("B"), ast.Assign)
    assert cut.definition("broken") is None


HEADERS = {
    "no bases": "class A:\n    x: int\n",
    "empty brackets": "class A():\n    x: int\n",
    "spaces and a condition": "class A( B, c.D , e . F if 0 else G):\n    x: int\n",
    "dotted bases": "class A(B, c.D):\n    x: int\n",
    "several lines": "class A(\n    B,\n    c.D,\n):\n    x: int\n",
    "generic": "class A(B[int], C):\n    x: int\n",
    "keywords": "class A(B, total=False):\n    x: int\n",
    "decorated": "@d(1)\nclass A(B):\n    x: int\n",
    "a comment": "class A(\n    B,  # C\n):\n    x: int\n",
    "on one line": "class A(B): x: int\n",
}


@pytest.mark.parametrize("text", HEADERS.values(), ids=list(HEADERS))
def test_a_header_is_that_of_the_whole_class(text: str) -> None:
    ours, theirs = module("Y = 1\n" + text).header("A"), whole("Y = 1\n" + text)["A"]
    assert isinstance(ours, ast.ClassDef)
    assert isinstance(theirs, ast.ClassDef)
    assert ours.lineno == theirs.lineno
    for part in ("bases", "keywords", "decorator_list"):
        assert [ast.unparse(each) for each in getattr(ours, part)] == [ast.unparse(x) for x in getattr(theirs, part)]


ANNOTATIONS = {
    "plain": ("config: B", "B"),
    "dotted": ("config: b.C", "b.C"),
    "with a comment": ("config: B  # for now", "B"),
    "with a value": ("config: B = None", "B"),
    "generic": ("config: B[int]", "B[int]"),
    "goes on": ("config: B | \\\n        C", "B | C"),
    "the last counts": ("config: B\n    config: C", "C"),
    "in a string": ('config: B\n    note = """\n    config: C\n    """', "B"),
    "in a function": ("config: B\n    def f(self):\n        config: C", "B"),
    "of another name": ("config: B\n    config_path: C", "B"),
}


@pytest.mark.parametrize(("body", "expected"), ANNOTATIONS.values(), ids=list(ANNOTATIONS))
def test_what_a_name_is_annotated_with(body: str, expected: str) -> None:
    found = module(f"class A:\n    {body}\n").annotation("A", "config")
    assert found is not None
    assert ast.unparse(found) == expected


def test_a_segment_is_what_the_file_has() -> None:
    text = "# é\nA = 'é' + (1 +\n    2)\nB = 'é', 3\n"
    nodes = whole(text)
    for name in ("B", "A"):
        node = nodes[name]
        assert isinstance(node, ast.Assign)
        source_text = ast.get_source_segment(text, node.value)
        assert source_text is not None
        assert module(text).segment(node.value) == " ".join(source_text.split())


def test_decorated_and_asynchronous_methods() -> None:
    cut = module('''
        class A(
            B[int],
            C,
        ):
            """
            def not_a_method(self): ...
            """

            x: int = 1

            @staticmethod
            def one() -> None:
                def inner() -> None: ...

            async def two(self) -> str:
                return f"""
        at the margin: {self}
        """

            def one(self) -> int:
                return 1
        ''')
    assert cut.method_names("A") == {"one", "two"}
    assert cut.class_bases == {"A": ("B[int]", "C")}
    assert isinstance(cut.method("A", "two"), ast.AsyncFunctionDef)
    one = cut.method("A", "one")
    assert one is not None
    assert ast.unparse(one).startswith("def one(self) -> int")


def test_items_of_a_dictionary() -> None:
    cut = module('TABLE = {"a": 1, **MORE}\nTABLE["b"] = f\nTABLE[key] = g\nOTHER["c"] = h\n')
    assert {key: ast.unparse(value) for key, value in cut.items("TABLE").items()} == {"a": "1", "b": "f"}


# Constants


CONSTANTS = """
    OLD = {"a": "b", "c": "d"}
    AGENTS = {f"{old}_agent": f"{new}_agent" for old, new in OLD.items()}
    PATHS = {**{f"e/{old}": new for old, new in OLD.items()}, "x": ("y" "z")}
    KEY = "k"
    KEYS = [KEY, "l", *OLD, *OLD.values()] + ["m"]
    PAIRS = [(a, -b) for a in (1, 2) for b in [3, 4.5]]
    SETS = frozenset({"p", *("q", "r")})
    TUPLE = tuple(KEYS)
    NUMBER = 30 + 12
    NESTED = {key: {value: None} for key, value in OLD.items()}
    """


@pytest.mark.parametrize("name", ["AGENTS", "PATHS", "KEYS", "PAIRS", "SETS", "TUPLE", "NUMBER", "NESTED"])
def test_constants_are_what_python_makes_of_them(name: str) -> None:
    names: dict[str, object] = {}
    exec(textwrap.dedent(CONSTANTS), names)
    assert source({}).constant(module(CONSTANTS), name) == names[name]


@pytest.mark.parametrize(
    "value",
    [
        "print(1)",
        "open('x').read()",
        "__import__('os').getcwd()",
        "X",
        "MISSING",
        "[a for a in (1, 2) if a]",
        "{**[1]}",
        "{[]: 1}",
        "-'a'",
        "'a' + 1",
        "'a' * 1000",
        "lambda: 1",
        "f'{1!r}'",
        "[1][0]",
        "list(1)",
        "[a for a, b in [(1,)]]",
        "[a for a in 5]",
        "[(a, b, c, d) for a in L for b in L for c in L for d in L]",
    ],
)
def test_what_is_not_a_constant(value: str) -> None:
    text = f"L = {list(range(40))}\nX = {value}\n"
    with pytest.raises(NotConstant):
        source({}).constant(module(text), "X")


# Names across modules


TREE = {
    "pkg/__init__.py": """
        from pkg.eager import Eager
        from .eager import Eager as Renamed
        _LAZY_EXPORTS = {"Lazy": "deep.lazy"}
        """,
    "pkg/eager.py": """
        import typing as t
        from typing import Optional
        from .deep import lazy
        from .deep.lazy import *
        class Eager: ...
        """,
    "pkg/deep/__init__.py": "from ..eager import Eager as FromAbove\n",
    "pkg/deep/lazy.py": """
        from pkg.circle import x
        class Lazy: ...
        class Starred: ...
        """,
    "pkg/circle.py": "from pkg.circle2 import x\n",
    "pkg/circle2.py": "from pkg.circle import x\n",
    "m.py": """
        import pkg.deep.lazy
        import pkg.eager as e
        from pkg import Eager, Lazy, Renamed, missing
        from pkg.deep import FromAbove, lazy
        from pkg.circle import x
        from elsewhere import Foreign
        """,
}


def describe(referent: SourceDefinition | External | Package | None) -> str:
    if isinstance(referent, SourceDefinition):
        return f"{referent.module.name}:{referent.name}"
    return str(referent.name) if referent else "nothing"


@pytest.mark.parametrize(
    ("expression", "meaning"),
    [
        ("Eager", "pkg.eager:Eager"),
        ("Renamed", "pkg.eager:Eager"),
        ("Lazy", "pkg.deep.lazy:Lazy"),
        ("FromAbove", "pkg.eager:Eager"),
        ("lazy", "pkg.deep.lazy"),
        ("lazy.Lazy", "pkg.deep.lazy:Lazy"),
        ("e", "pkg.eager"),
        ("e.Starred", "pkg.deep.lazy:Starred"),
        ("e.Optional", "typing.Optional"),
        ("e.t.Literal", "typing.Literal"),
        ("pkg.deep.lazy.Lazy", "pkg.deep.lazy:Lazy"),
        ("pkg.Lazy", "pkg.deep.lazy:Lazy"),
        ("Foreign", "elsewhere.Foreign"),
        ("Foreign.inner", "elsewhere.Foreign.inner"),
        ("str", "builtins.str"),
        ("x", "nothing"),
        ("missing", "nothing"),
        ("nowhere", "nothing"),
        ("Eager.inner", "nothing"),
        ("f()", "nothing"),
    ],
)
def test_names_are_followed(expression: str, meaning: str) -> None:
    modules = source(TREE)
    home = modules.module("m")
    assert home is not None
    assert describe(modules.refer(home, ast.parse(expression, mode="eval").body)) == meaning


def test_earlier_roots_win() -> None:
    files = Memory({PurePath("/a/m.py"): "X = 1\n", PurePath("/b/m.py"): "X = 2\n", PurePath("/b/n.py"): "X = 3\n"})
    modules = Source(files, (PurePath("/a"), PurePath("/b")))
    first, second = modules.module("m"), modules.module("n")
    assert first is not None and second is not None
    assert (modules.constant(first, "X"), modules.constant(second, "X")) == (1, 3)


HIERARCHY = """
    from typing import Generic, TypeVar
    T = TypeVar("T")
    class O: ...
    class A(O): ...
    class B(O): ...
    class C(O): ...
    class D(A, B): ...
    class E(C, B): ...
    class F(D, E): ...
    class G(Generic[T], A): ...
    class H(G[int]): ...
    Alias = H
    class I(Alias): ...
    """


@pytest.mark.parametrize("name", ["F", "G", "H", "I"])
def test_bases_are_in_pythons_order(name: str) -> None:
    names: dict[str, Any] = {}
    exec(textwrap.dedent(HIERARCHY), names)
    definition = found(source({"m.py": HIERARCHY}), name)
    assert isinstance(definition, SourceDefinition)
    ours = [base.name.rpartition(".")[2] for base in source({"m.py": HIERARCHY}).mro(definition)]
    assert ours == [base.__name__ for base in names[name].__mro__ if base is not object]


@pytest.mark.parametrize("text", ["class A(A): ...", "class A(B): ...\nclass B(A): ...", "class A(f()): ..."])
def test_bases_that_cannot_be_known(text: str) -> None:
    modules = source({"m.py": text})
    definition = found(modules, "A")
    assert isinstance(definition, SourceDefinition)
    assert External("") in modules.mro(definition)


# Classes as models


MODELS = '''
    from __future__ import annotations
    import typing
    from collections.abc import Mapping, Sequence
    from dataclasses import dataclass, field
    from enum import Enum, IntEnum
    from pathlib import Path
    from typing import Annotated, Any, ClassVar, Dict, Generic, List, Literal, Optional, Tuple, TypeVar, Union

    import pydantic
    from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveFloat, field_validator, model_validator
    from typing_extensions import TypedDict

    SIZE = 3
    Size = Literal["small", "large"]
    Number = Union[int, float]

    class Domain(str, Enum):
        """What it is about."""

        MATH = "math"
        OTHER = "other"

        @property
        def title(self) -> str:
            return self.value

    class Level(IntEnum):
        LOW = 1
        HIGH = 2

    class Base(BaseModel):
        KIND: ClassVar[Literal["a"]] = "a"
        kind: "ClassVar[str]" = "b"
        model_config = ConfigDict(extra="allow")
        host: str
        port: int = 1
        _private: int = 2

    class Plain(BaseModel):
        text: str
        count: int
        ratio: float
        flag: bool
        path: Path
        anything: Any
        maybe: Optional[str]
        defaulted: Optional[str] = None
        new: int | None = None
        quoted: "int | str" = 1
        words: List[str] = []
        pairs: Dict[str, int] = Field(default_factory=dict)
        sequence: Sequence[int] = ()
        fixed: Tuple[int, ...] = ()
        mapping: Mapping[str, float] = Field(default_factory=dict, min_length=0)
        size: Size = "small"
        sizes: list[Size] | None = None
        number: Number = 1
        domain: Domain
        domains: Optional[List[Domain]] = None
        level: Level = Level.LOW
        nothing: None = None

    class Constrained(BaseModel):
        at_least: int = Field(default=SIZE, ge=1)
        between: float = Field(0.5, gt=0, lt=1)
        optional: Optional[int] = Field(default=None, ge=1, le=5)
        name: str = Field(min_length=1, max_length=2, description="The name " "of it.")
        required: int = Field(...)
        ellipsis: int = ...
        annotated: Annotated[int, Field(ge=0)] = 0
        filled: Annotated[int, Field(default=4, ge=2)]
        single: Dict[str, int] = Field(min_length=1, max_length=1)
        positive: PositiveFloat = 1.0
        natural: Optional[NonNegativeInt] = None
        aliased: pydantic.StrictStr = Field(alias="known-as")

    class Derived(Base):
        port: Optional[int] = None
        extra_field: typing.Optional[bool] = None

    class Closed(Derived):
        model_config = ConfigDict(extra="forbid")

    class ByKeyword(BaseModel, extra="forbid"):
        a: int = 1

    class ByDict(BaseModel):
        model_config = {"extra": "forbid"}
        a: int = 1

    class Nested(BaseModel):
        one: Constrained
        many: List[Base] = []
        either: Union[ByKeyword, Base, None] = None
        by_name: Dict[str, ByDict] = {}
        me: Optional["Nested"] = None

    @dataclass(frozen=True)
    class Point:
        x: int
        y: float = 0.5
        tags: list[str] = field(default_factory=list)

    class Row(TypedDict, total=False):
        a: int

    class Holder(BaseModel):
        point: Point
        row: Row = {}

    T = TypeVar("T")

    class Box(BaseModel, Generic[T]):
        item: Any = None

    class IntBox(Box[int]):
        size: int = 0

    class Lenient(BaseModel):
        early: int
        late: int = 1

        @field_validator("early", mode="before")
        @classmethod
        def _early(cls, value: object) -> object:
            return 1

        @field_validator("late")
        @classmethod
        def _late(cls, value: int) -> int:
            return value

    class Rewriting(BaseModel):
        a: int

        @model_validator(mode="before")
        @classmethod
        def _rewrite(cls, value: object) -> object:
            return {"a": 1}

    class HoldsRewriting(BaseModel):
        inner: Rewriting
    '''

CLASSES = (
    "Base", "Plain", "Constrained", "Derived", "Closed", "ByKeyword", "ByDict", "Nested", "Holder", "IntBox",
    "Lenient", "HoldsRewriting",
)  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], type[BaseModel]]:
    """A function that returns a class of MODELS by name, as Python creates it."""
    directory = tmp_path_factory.mktemp("models")
    (directory / "models_under_test.py").write_text(textwrap.dedent(MODELS), encoding="utf-8")
    sys.path.insert(0, str(directory))
    try:
        imported = importlib.import_module("models_under_test")
    finally:
        sys.path.remove(str(directory))
    return lambda name: getattr(imported, name)


def read(name: str, text: str = MODELS) -> Model:
    model = ModelReader(source({"m.py": text})).model("m", name)
    assert model is not None
    return model


def known_as(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


@pytest.mark.parametrize("name", CLASSES)
def test_models_have_pydantics_fields(real: Callable[[str], type[BaseModel]], name: str) -> None:
    ours, theirs = read(name), real(name)
    assert list(ours.fields) == list(known_as(theirs))
    assert ours.extra == (theirs.model_config.get("extra") or "ignore")
    for field, info in known_as(theirs).items():
        assert ours.fields[field].required == info.is_required(), field
        assert (ours.fields[field].default is None) == info.is_required(), field
        assert ours.fields[field].description == info.description, field


@pytest.mark.parametrize("name", CLASSES)
def test_fields_take_what_pydantic_takes(real: Callable[[str], type[BaseModel]], name: str) -> None:
    ours, theirs = read(name), real(name)
    strict = {"aliased", "known-as"}
    for field in known_as(theirs).keys() - strict:
        for probe in PROBES:
            rejected = any(error["loc"][:1] == (field,) for error in errors(theirs, {field: probe}))
            assert accepts(ours.fields[field].type, probe) or rejected, (field, probe)
            if ours.fields[field].type != AnyType() and "Nested" not in str(known_as(theirs)[field].annotation):
                assert not accepts(ours.fields[field].type, probe) or not rejected, (field, probe)


def errors(model: type[BaseModel], values: Mapping[str, object]) -> list[Any]:
    try:
        model.model_validate(values)
    except ValidationError as error:
        return list(error.errors())
    return []


@pytest.mark.parametrize(
    ("name", "field", "default"),
    [
        ("Constrained", "at_least", "SIZE"),
        ("Constrained", "between", "0.5"),
        ("Constrained", "filled", "4"),
        ("Constrained", "required", None),
        ("Plain", "pairs", "{}"),
        ("Plain", "level", "Level.LOW"),
        ("Plain", "size", '"small"'),
        ("Derived", "port", "None"),
    ],
)
def test_defaults_are_source_text(name: str, field: str, default: str | None) -> None:
    assert read(name).fields[field].default == default


def test_fields_know_their_place() -> None:
    model = read("Derived")
    lines = textwrap.dedent(MODELS).split("\n")
    for field in model.fields.values():
        assert field.path == ROOT / "m.py"
        assert field.line is not None
        assert lines[field.line - 1].lstrip().startswith(f"{field.name}:")
    assert model.line is not None
    assert lines[model.line - 1] == "class Derived(Base):"


def test_dataclasses_are_models_too() -> None:
    model = read("Point")
    assert {name: show(field.type) for name, field in model.fields.items()} == {
        "x": "int", "y": "float", "tags": "list[str]"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("annotation", "type", "shown"),
    [
        ("Unknown", AnyType(), "Unknown"),
        ("Unknown[int]", AnyType(), "Unknown"),
        ("list[Unknown]", ListType(AnyType()), "list[Unknown]"),
        ("tuple[int, str]", ListType(AnyType()), "list[any value]"),
        ("Callable[[int], str]", AnyType(), "Callable"),
        ("Opaque", AnyType(), "Opaque"),
        ("Opaque | Unknown | None", UnionType((AnyType(), NullType())), "Opaque | Unknown | null"),
        ("Opaque | Any", AnyType(), "any value"),
        ("Literal[unknown]", AnyType(), "any value"),
        ("'not ( python'", AnyType(), "any value"),
        ("Endless", AnyType(), "any value"),
        ("NewerStr", StrType(), "str"),
        ("Ref", RefType(("resources_servers",)), "server ref (resources_servers)"),
        (
            "AnyRef",
            RefType(("resources_servers", "responses_api_models")),
            "server ref (resources_servers or responses_api_models)",
        ),
        ("Auto", AnyType(), "Auto"),
        ("Flexible", AnyType(), "Flexible"),
        ("Colour", EnumType("Colour", (("RED", "red"),), "str"), '"red"'),
    ],
)
def test_types_that_are_known_and_that_are_not(annotation: str, type: FieldType, shown: str) -> None:
    text = f"""
        from enum import Enum, StrEnum, auto
        from typing import Any, Callable, Literal, Union
        from pydantic import BaseModel
        from elsewhere import Foreign
        class Opaque: ...
        class Unknown(Foreign): ...
        type NewerStr = str
        Endless = list["Endless2"] if 1 else None
        class ResourcesServerRef(BaseModel):
            type: Literal["resources_servers"]
            name: str
        class ModelServerRef(BaseModel):
            type: Literal["responses_api_models"]
            name: str
        Ref = ResourcesServerRef
        AnyRef = Union[ResourcesServerRef, ModelServerRef]
        class Auto(Enum):
            A = auto()
        class Flexible(Enum):
            A = 1
            @classmethod
            def _missing_(cls, value): return cls.A
        class Colour(StrEnum):
            RED = "red"
        class M(BaseModel):
            x: {annotation}
        """
    if annotation == "NewerStr" and sys.version_info < (3, 12):
        text = text.replace("type NewerStr = str", "NewerStr = str")
    assert read("M", text).fields["x"].type == type
    assert show(read("M", text).fields["x"].type) == shown


def test_an_unknown_base_may_add_fields() -> None:
    model = read(
        "M", "from elsewhere import Foreign\nfrom pydantic import BaseModel\nclass M(BaseModel, Foreign):\n    a: int\n"
    )
    assert model.extra == "allow"
    assert model.fields["a"].type == IntType()


def test_a_field_declared_again_keeps_its_place() -> None:
    assert list(read("Closed").fields) == ["host", "port", "extra_field"]


def test_strings_after_fields_document_them() -> None:
    text = '''
        from pydantic import BaseModel
        class M(BaseModel):
            a: int
            """What a
            is."""
            b: int
        '''
    assert [field.description for field in read("M", text).fields.values()] == ["What a is.", None]


@pytest.mark.corpus
def test_models_across_modules(corpus: Corpus) -> None:
    reader = ModelReader(Source(Disk(), (corpus.release("0.7.0"),)))
    model = reader.model("nemo_gym", "BaseResourcesServerConfig")
    assert model is not None
    assert {"host", "port", "name", "entrypoint", "domain"} <= set(model.fields)
