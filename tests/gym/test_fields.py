"""`accepts` agrees with pydantic, and `show` gives text for users."""

from __future__ import annotations

from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic import Field as PydanticField

from gym_lsp.gym.fields import (
    AnyType,
    BoolType,
    DictType,
    EnumType,
    Field,
    FieldType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    NullType,
    PathType,
    RefType,
    StrType,
    UnionType,
    accepts,
    show,
    union,
)
from tests.gym.probes import PROBES


class Colour(str, Enum):  # noqa: UP042 (NeMo Gym's enumerations look like this)
    RED = "red"
    ONE = "1"


class Level(IntEnum):
    LOW = 1
    HIGH = 10


class Ratio(float, Enum):
    HALF = 0.5
    ONE = 1.0


class Mixed(Enum):
    ONE = 1
    A = "a"
    NOTHING = None


class ModelServerRef(BaseModel):
    type: Literal["responses_api_models"]
    name: str


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int
    b: str | None = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int


class Careless(BaseModel):
    a: int


class Pair(NamedTuple):
    """The same type as a FieldType and as an annotation for pydantic."""

    ours: FieldType
    theirs: Any


def enum(theirs: type[Enum], base: Literal["str", "int", "float"] | None = None) -> Pair:
    return Pair(EnumType(theirs.__name__, tuple((member.name, member.value) for member in theirs), base), theirs)


def model(theirs: type[BaseModel], *fields: Field, extra: Literal["ignore", "forbid", "allow"] = "ignore") -> Pair:
    return Pair(ModelType(Model(theirs.__name__, {field.name: field for field in fields}, extra)), theirs)


A = Field("a", IntType(), required=True)
B = Field("b", UnionType((StrType(), NullType())), required=False, default="None")

SIMPLE = (
    Pair(AnyType(), Any),
    Pair(NullType(), None),
    Pair(BoolType(), bool),
    Pair(PathType(), Path),
    Pair(StrType(), str),
    Pair(StrType(min_length=1), Annotated[str, PydanticField(min_length=1)]),
    Pair(StrType(max_length=2), Annotated[str, PydanticField(max_length=2)]),
    Pair(IntType(), int),
    Pair(IntType(ge=1), Annotated[int, PydanticField(ge=1)]),
    Pair(IntType(gt=0, lt=10), Annotated[int, PydanticField(gt=0, lt=10)]),
    Pair(IntType(le=5), Annotated[int, PydanticField(le=5)]),
    Pair(FloatType(), float),
    Pair(FloatType(gt=0), Annotated[float, PydanticField(gt=0)]),
    Pair(FloatType(ge=-0.5, le=2.5), Annotated[float, PydanticField(ge=-0.5, le=2.5)]),
    Pair(FloatType(lt=1), Annotated[float, PydanticField(lt=1)]),
    Pair(LiteralType(("train", "validation")), Literal["train", "validation"]),
    Pair(LiteralType((1, "1", None)), Literal[1, "1", None]),
    Pair(LiteralType((True,)), Literal[True]),
    enum(Colour, "str"),
    enum(Level, "int"),
    enum(Ratio, "float"),
    enum(Mixed),
    Pair(RefType(("responses_api_models",)), ModelServerRef),
    model(Closed, A, B, extra="forbid"),
    model(Open, A, extra="allow"),
    model(Careless, A),
)


def lists(item: Pair) -> Pair:
    return Pair(ListType(item.ours), list[item.theirs])


def short_lists(item: Pair) -> Pair:
    return Pair(
        ListType(item.ours, min_length=1, max_length=2),
        Annotated[list[item.theirs], PydanticField(min_length=1, max_length=2)],
    )


def dicts(key: Pair, value: Pair) -> Pair:
    return Pair(DictType(key.ours, value.ours), dict[key.theirs, value.theirs])


def single(value: Pair) -> Pair:
    return Pair(
        DictType(StrType(), value.ours, min_length=1, max_length=1),
        Annotated[dict[str, value.theirs], PydanticField(min_length=1, max_length=1)],
    )


KEYS = (Pair(StrType(), str), Pair(IntType(), int), Pair(AnyType(), Any))
pairs = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inner: st.one_of(
        inner.map(lists),
        inner.map(short_lists),
        inner.map(single),
        st.builds(dicts, st.sampled_from(KEYS), inner),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda options: Pair(union(o.ours for o in options), _union([o.theirs for o in options]))
        ),
    ),
    max_leaves=4,
)

numbers_in_text = st.text(alphabet="0123456789+-_.eE nafityINF\t\x1c\xa0\u0661", max_size=8)
words_of_truth = st.sampled_from(["yes", "No", "ON", "off", "t", "F", "y", "n", "true ", "TRUE", "1.0", "ye\u017f"])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.integers(),
    st.floats(),
    st.sampled_from([0.0, 1.0, 5.0, 0.5, 1e300]),
    numbers_in_text,
    words_of_truth,
    st.sampled_from(["red", "a", "train", "responses_api_models", "None", "name", "type"]),
    st.text(max_size=3),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "c", 1, None, True]), inner, max_size=3),
        st.fixed_dictionaries({"type": inner, "name": inner}),
    ),
    max_leaves=5,
)


def _union(theirs: list[Any]) -> Any:
    from typing import Union

    return Union[tuple(theirs)]  # noqa: UP007


def pydantic_accepts(annotation: Any, value: object) -> bool:
    try:
        TypeAdapter[Any](annotation).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("pair", SIMPLE, ids=lambda pair: show(pair.ours))
def test_takes_what_pydantic_takes(pair: Pair) -> None:
    adapter = TypeAdapter[Any](pair.theirs)
    for value in PROBES:
        try:
            adapter.validate_python(value)
        except ValidationError:
            assert not accepts(pair.ours, value), value
        else:
            assert accepts(pair.ours, value), value


@given(pair=pairs, value=values)
def test_takes_what_pydantic_takes_at_random(pair: Pair, value: object) -> None:
    assert accepts(pair.ours, value) == pydantic_accepts(pair.theirs, value)


@given(text=numbers_in_text)
def test_numbers_in_strings_are_pydantics(text: str) -> None:
    assert accepts(IntType(), text) == pydantic_accepts(int, text)
    assert accepts(FloatType(), text) == pydantic_accepts(float, text)


@pytest.mark.parametrize("number", [2.0**62, 2.0**63 - 1024, 2.0**63, -(2.0**63), 1e300])
def test_floats_become_integers_of_64_bits(number: float) -> None:
    assert accepts(IntType(), number) == pydantic_accepts(int, number)
    assert accepts(IntType(le=5), -number) == pydantic_accepts(Annotated[int, PydanticField(le=5)], -number)


@pytest.mark.parametrize("digits", [4299, 4300, 4301, 5000])
def test_numbers_can_be_too_long(digits: int) -> None:
    assert accepts(IntType(), "9" * digits) == pydantic_accepts(int, "9" * digits)
    assert accepts(FloatType(), 10**digits) == pydantic_accepts(float, 10**digits)


@pytest.mark.parametrize(
    ("type", "shown"),
    [
        (UnionType((StrType(), NullType())), "str | null"),
        (LiteralType(("train", "validation")), '"train" | "validation"'),
        (LiteralType((1, True, None)), "1 | true | null"),
        (EnumType("Colour", (("RED", "red"), ("ONE", "1")), "str"), '"red" | "1"'),
        (ListType(StrType()), "list[str]"),
        (ListType(UnionType((IntType(), NullType()))), "list[int | null]"),
        (DictType(StrType(), AnyType(), min_length=1, max_length=1), "dict[str, any value] of length 1"),
        (IntType(ge=1), "int >= 1"),
        (FloatType(gt=0, le=2.5), "float > 0 and <= 2.5"),
        (StrType(min_length=1), "str of length >= 1"),
        (StrType(min_length=1, max_length=9), "str of length 1 to 9"),
        (ListType(PathType(), max_length=3), "list[path] of length <= 3"),
        (BoolType(), "bool"),
        (ModelType(Model("DatasetConfig", {})), "DatasetConfig"),
        (
            RefType(("resources_servers", "responses_api_models")),
            "server ref (resources_servers or responses_api_models)",
        ),
    ],
)
def test_shown_as_a_person_writes_it(type: FieldType, shown: str) -> None:
    assert show(type) == shown


def test_unions_are_simplified() -> None:
    nested = union([NullType(), UnionType((StrType(), NullType())), LiteralType(("a",)), LiteralType(("b", "a"))])
    assert nested == UnionType((StrType(), LiteralType(("a", "b")), NullType()))
    assert union([StrType(), StrType()]) == StrType()
    assert union([RefType(("a",)), RefType(("b",))]) == RefType(("a", "b"))


def test_types_of_one_shape_differ() -> None:
    assert AnyType() != NullType()
    assert IntType(ge=1) != FloatType(ge=1)
    assert len({AnyType(), AnyType(), NullType(), IntType(), FloatType(), IntType()}) == 4
