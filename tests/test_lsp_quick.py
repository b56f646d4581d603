"""Quick runs of the language server: they find what whole ones find, and whole ones give way to them."""

from __future__ import annotations

import gc
import itertools
import queue
from pathlib import Path

import pytest

from fslint import demo
from fslint.lsp.analysis import Analysis, Open, Outcome, Work, Worker
from fslint.lsp.snapshot import Snapshot, Texts
from fslint.settings import load

CART, CHECKOUT, MAIN, PLAN = "web/src/Cart.tsx", "web/src/Checkout.tsx", "api/main.py", "events.yaml"


class Desk:
    """A shop that is edited, without a server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        demo.write(root)
        self.analysis = Analysis(root)
        self.texts: dict[str, bytes] = {}
        self.generation = 0
        self.run(structure=True)

    def run(self, structure: bool = False, whole: bool = False) -> Snapshot:
        self.generation += 1
        documents = tuple(
            Open(str(self.root / path), data, self.generation, (self.root / path).read_bytes())
            for path, data in self.texts.items()
        )
        outcome = self.analysis.run(Work(self.generation, set(), structure, documents, whole=whole))
        assert outcome.snapshot is not None, outcome
        return outcome.snapshot

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.texts.get(path, (self.root / path).read_bytes())
        assert old.encode() in text
        self.texts[path] = text.replace(old.encode(), new.encode(), 1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk").resolve() / "shop")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (CART, "total: cart.total", "total_real: cart.total"),
        (CART, "'Cart Veiwed'", "'Purchase Completed'"),
        (CART, "import { useEffect }", "// one more line\nimport { useEffect }"),
        (CHECKOUT, "track(PURCHASE", "track('New Event'"),
        (CHECKOUT, "    await pay();\n", ""),
        (MAIN, '"Plan Changed"', '"Cart Viewed"'),
        (MAIN, "customer_", "user_"),
        (PLAN, "    side: server\n    critical: true", "    side: both\n    critical: false"),
        (PLAN, "amount: {type: real", "amount: {type: str"),
        (PLAN, "  Product Viewed:", "  Goods Viewed:"),
        ("web/src/analytics.ts", "'Purchase Completed'", "'Refund Issued'"),
        ("web/src/session.ts", "`user_${user.id}`", "user.id"),
    ],
)
def test_a_quick_run_finds_what_a_whole_one_finds(desk: Desk, path: str, old: str, new: str) -> None:
    desk.edit(path, old, new)
    quick = desk.run()
    whole = desk.run(whole=True)
    assert (quick.whole, whole.whole) == (False, True)
    assert quick.diagnostics == whole.diagnostics
    assert quick.uses == whole.uses
    assert quick.mentions.get(path) == whole.mentions.get(path)
    assert quick.drafts == whole.drafts


def test_new_files_and_settings_need_a_whole_run(desk: Desk) -> None:
    desk.texts.clear()
    assert desk.run(structure=True).whole
    (desk.root / "web/src/new.ts").write_text("import { track } from './analytics';\ntrack('Made Up');\n")
    assert desk.run(structure=True).diagnostics["web/src/new.ts"]


class Endless(Analysis):
    """Its whole runs end only when they are given up."""

    ready = True  # type: ignore[assignment]
    given_up = 0

    def run(self, work: Work) -> Outcome:
        settings = load(self.folder)
        snapshot = Snapshot(settings, work.generation, Texts(self.folder, {}, "utf-16", {}), whole=False)
        if not work.whole or work.generation > 2:
            return Outcome(work.generation, snapshot)
        started.put(work.generation)
        try:
            for _ in itertools.count():
                pass
        finally:
            Endless.given_up += 1
        raise AssertionError


started: queue.Queue[int] = queue.Queue()


def test_a_whole_run_gives_way_to_the_next_key(tmp_path: Path) -> None:
    delivered: queue.Queue[int] = queue.Queue()
    worker = Worker(lambda analysis, outcome: delivered.put(outcome.generation))
    analysis = Endless(tmp_path)
    for generation in (1, 2, 3):
        worker.ask(analysis, Work(generation, structure=False))
        assert delivered.get(timeout=30) == generation
        if generation < 3:
            assert started.get(timeout=30) == generation
    assert delivered.get(timeout=30) == 3
    assert Endless.given_up == 2


def test_no_run_holds_the_one_before(desk: Desk) -> None:
    def alive() -> int:
        gc.collect()
        return sum(type(thing).__name__ in ("Evaluator", "Project", "Module") for thing in gc.get_objects())

    desk.texts.clear()
    desk.run(structure=True)
    counts = []
    for number in range(6):
        desk.texts[CART] = (desk.root / CART).read_bytes() + b"// %d\n" % number
        assert not desk.run().whole
        counts.append(alive())
    assert counts[-1] <= counts[1]
