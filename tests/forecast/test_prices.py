"""A price table is read, or refused with all that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.forecast import Prices, Rates, load_prices


def test_no_file_is_no_prices(tmp_path: Path) -> None:
    """A project without a price table has none."""
    assert load_prices(tmp_path / "prices.toml") == Prices()


def test_a_types_own_price_comes_first(tmp_path: Path) -> None:
    """A GPU of a type that the table names costs that, any other what `gpu` says."""
    file = tmp_path / "prices.toml"
    file.write_text('currency = "EUR"\n[prices]\ncpu = 0.05\ngpu = 1\nA100 = 3\n[caps]\ncost = 9\n')
    prices = load_prices(file)

    assert prices.currency == "EUR"
    assert prices.caps == {"cost": 9}
    assert prices.hourly(Rates(cpus=4, gpus=2, gpu_type="A100")) == pytest.approx(6.2)
    assert prices.hourly(Rates(gpus=1, gpu_type="T4")) == 1


def test_an_unknown_price_is_no_price() -> None:
    """Where a GPU has no price, nothing is said of money rather than too little."""
    assert Prices(per_hour={"cpu": 1.0}).hourly(Rates(cpus=1, gpus=1)) is None
    assert Prices().hourly(Rates(cpus=1)) is None
    assert Prices(per_hour={"gpu": 1.0}).hourly(Rates(cpus=1)) is None


def test_beside_a_gpu_cores_may_be_free() -> None:
    """The price of a GPU may be that of the machine around it."""
    assert Prices(per_hour={"gpu": 2.0}).hourly(Rates(cpus=8, gpus=1)) == 2


@pytest.mark.parametrize(("name", "meant"), [("cpus", "cpu"), ("GPU", "gpu")])
def test_a_price_of_another_name(tmp_path: Path, name: str, meant: str) -> None:
    """What is meant for the price of a core or a GPU is not taken for that of a GPU type."""
    file = tmp_path / "prices.toml"
    file.write_text(f"[prices]\n{name} = 1\n")
    with pytest.raises(InvalidInput) as caught:
        load_prices(file)

    told = f"prices.{name}: `{name}` is nothing that has a price. Write `{meant}`."
    assert str(caught.value) == f"prices.toml:2: {told}"


def test_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    """Every finding has its file and its path."""
    file = tmp_path / "prices.toml"
    file.write_text('price = 1\ncurrency = 5\ncaps = {money = 1}\n[prices]\ngpu = -1\ncpu = "1"\n')
    with pytest.raises(InvalidInput) as caught:
        load_prices(file)

    assert str(caught.value).splitlines() == [
        "prices.toml:1: price: `price` is no key of a price table. "
        'Write currency = "USD", and under [prices] one line such as `gpu = 2.5`.',
        'prices.toml:2: currency: `5` is no line of text. Write "USD".',
        "prices.toml:5: prices.gpu: `-1` is no amount. Write a number from 0 on.",
        "prices.toml:6: prices.cpu: `1` is no amount. Write a number from 0 on.",
        "prices.toml:3: caps.money: There is no such cap. "
        "There are `cost`, `gpu_hours`, `cpu_hours`.",
    ]


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    """A broken file is told with what to write."""
    (tmp_path / "prices.toml").write_text("prices =\n")
    with pytest.raises(InvalidInput, match=r"prices.toml:1: It is not valid TOML"):
        load_prices(tmp_path / "prices.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[prices]\ncpu = 1" + "0" * 5000, "It holds a number with thousands of digits."),
        ("[prices]\ncpu = " + "[" * 3000, "It is nested too deeply."),
        ("[prices]\ncpu = 1" + "0" * 400, f"`1{'0' * 39}` is no amount."),
        ("[prices]\ncpu = 1e300", "`1e+300` is no amount."),
        ('currency = "a\\nb"', "is no line of text."),
    ],
)
def test_what_no_price_table_holds(tmp_path: Path, text: str, told: str) -> None:
    """Such a table is refused in a sentence."""
    (tmp_path / "prices.toml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        load_prices(tmp_path / "prices.toml")
    assert told in str(caught.value)


def test_text_that_is_no_utf_8(tmp_path: Path) -> None:
    """The line is told; a byte order mark, as editors on Windows write one, does no harm."""
    file = tmp_path / "prices.toml"
    file.write_bytes(b"[prices]\n# gr\xf6\xdfer\ncpu = 1\n")
    with pytest.raises(InvalidInput, match=r"prices.toml:2: It is not UTF-8 text\."):
        load_prices(file)

    file.write_bytes(b"\xef\xbb\xbf[prices]\ncpu = 1\n")
    read = load_prices(file)
    assert (read.per_hour, read.lines["prices.cpu"]) == ({"cpu": 1.0}, 2)


@pytest.mark.parametrize(
    ("names", "wanted", "nearest"),
    [
        (["gpu", "A10O", "T4"], "A100", "A10O"),
        (["a100"], "A100", "a100"),
        (["A100 80G", "A100"], "A100_80G", "A100 80G"),
        (["H1OO"], "H100", "H1OO"),
        (["H100", "gpu"], "A100", ""),
        (["A10", "A100_80G"], "A100", ""),
        (["A100", "A10O"], "A100", ""),
        (["B-300"], "A100", ""),
        (["cpu", "gpu"], "", ""),
    ],
)
def test_the_name_that_may_be_meant(names: list[str], wanted: str, nearest: str) -> None:
    """A name is taken for a mistake only when there is no GPU of that name."""
    prices = Prices(per_hour=dict.fromkeys(names, 1.0))

    types = ("A10", "A100", "A100_80G", "H100", "T4")
    assert prices.nearest(wanted, types) == nearest


def test_behind_a_very_long_value_lines_are_not_known(tmp_path: Path) -> None:
    """The prices are read all the same."""
    file = tmp_path / "prices.toml"
    file.write_text('currency = """' + "\\\n" * 300 + 'USD"""\n[prices]\ngpu = 1\n')

    assert load_prices(file) == Prices("USD", {"gpu": 1.0})
