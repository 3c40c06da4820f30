"""Writes the held-out problems; the same seed gives the same file on every machine."""

import json
import random
from fractions import Fraction
from pathlib import Path

SEED = 20_260_704
PROBLEMS = 200
OUTPUT = Path(__file__).parent / "data" / "holdout.jsonl"

INGREDIENTS = {
    "g": ("flour", "lentils", "butter", "spinach"),
    "ml": ("milk", "stock", "cream"),
    "cups": ("rice", "oats", "sugar"),
}


def prepare() -> Path:
    """Write the problems and return where they are, which is the `jsonl_fpath` of the config."""
    dice = random.Random(SEED)
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with OUTPUT.open("w", encoding="utf-8") as file:
        for _ in range(PROBLEMS):
            file.write(json.dumps(problem(dice)) + "\n")
    return OUTPUT


def problem(dice: random.Random) -> dict[str, str | int]:
    """One row: the fields that the prompt names, and what the verifier compares with."""
    unit = dice.choice(sorted(INGREDIENTS))
    ingredient = dice.choice(INGREDIENTS[unit])
    servings, wanted = dice.sample(range(2, 13), 2)
    amount = dice.randint(1, 6) if unit == "cups" else dice.randrange(50, 800, 25)
    return {
        "servings": servings,
        "wanted": wanted,
        "amount": amount,
        "unit": unit,
        "ingredient": ingredient,
        "question": f"{amount} {unit} of {ingredient} for {servings}; how much for {wanted}?",
        "expected_answer": str(Fraction(amount * wanted, servings)),
    }


if __name__ == "__main__":
    prepare()
