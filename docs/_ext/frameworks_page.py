"""The tables of how every framework writes every optimizer and schedule, in Markdown."""

from itertools import groupby

from page import code, contents, escape, join, lines_of, table

from refmath.cli_frameworks import Form, optimizer_forms, schedule_forms

__all__ = ["framework_pages", "title"]

TITLES = {
    "refmath": "refmath", "torch": "PyTorch", "keras": "Keras", "optax": "Optax",
    "sklearn": "scikit-learn", "jax": "JAX", "tensorflow": "TensorFlow 1",
    "tf_keras": "tf_keras", "tf_keras.legacy": "tf_keras, legacy optimizers", "mlx": "MLX",
    "tinygrad": "tinygrad", "onnx": "ONNX training operators", "flux": "Flux (Optimisers.jl)",
    "burn": "Burn", "dl4j": "Deeplearning4j",
}
_HEAD = ["class", "called with", "computes", "verdict", "differs by", "lines that differ",
         "defaults", "version"]
_HOW = """How to read a line: the class computes the rule in *computes* with the options in
*differs by* on its axes; *lines that differ* are the lines of its formula that the canonical form
does not have. Switches combine; each is shown alone."""


def framework_pages() -> dict[str, str]:
    """All pages by path."""
    optimizers, schedules = list(optimizer_forms()), list(schedule_forms())
    return {
        "frameworks/index.md": _index(optimizers, schedules),
        "frameworks/optimizers.md": _tables("Optimizers of all frameworks", optimizers, "rules"),
        "frameworks/schedules.md": _tables("Schedules of all frameworks", schedules, "schedules"),
    }


def title(framework: str) -> str:
    """The name of a framework for people."""
    return TITLES[framework]


def _index(optimizers: list[Form], schedules: list[Form]) -> str:
    rows = []
    for framework in dict.fromkeys(f.framework for f in [*optimizers, *schedules]):
        own = [f for f in optimizers if f.framework == framework]
        theirs = [f for f in schedules if f.framework == framework]
        version = (own or theirs)[0].version
        rows.append([
            title(framework), version, "run" if (own or theirs)[0].ran else "read in source",
            _counted(own), _counted(theirs),
        ])
    head = ["framework", "version", "", "optimizers (forms)", "schedules (forms)"]
    return join([
        "# Frameworks",
        "Frameworks write the same optimizer in different ways: epsilon inside the root or beside "
        "it, the learning rate inside the velocity or before it. These tables have every form that "
        "is known, as data: {doc}`optimizers` and {doc}`schedules`.",
        table(head, rows), "## How it is known", _known(), contents(["optimizers", "schedules"]),
    ])


def _counted(forms: list[Form]) -> str:
    return f"{len({f.name for f in forms})} ({len(forms)})" if forms else ""


def _known() -> str:
    return join([
        lines_of([
            "*Conforms*: the framework was installed and run. Every value of its runs lies in the "
            "certified enclosure of the form in that line, in every pair of its switches, in "
            "float64 and float32; defaults and arguments are compared with its signatures. The "
            "tests of this project repeat it with every change.",
            "*Read*: the form was read in the source of that version, which is not run here.",
        ]),
        "Hold what you have installed against its forms now:",
        code("console", "$ refmath frameworks torch --run\n$ refmath frameworks keras --schedules "
                        "--run\n$ refmath check torch.optim:Adam --switch amsgrad=yes"),
        "The tables are written from the same data whenever these pages are built; "
        "`refmath frameworks --json` prints them.",
    ]).strip()


def _tables(heading: str, forms: list[Form], folder: str) -> str:
    parts = [f"# {heading}", " ".join(_HOW.split()) + " {doc}`index` says how it is known."]
    ours_last = sorted(forms, key=lambda f: f.framework == "refmath")
    for framework, members in groupby(ours_last, lambda f: f.framework):
        own = list(members)
        rows = [_row(f, folder, seen=k > 0 and own[k - 1].name == f.name)
                for k, f in enumerate(own)]
        said = dict.fromkeys(f"{f.name}: {escape(note)}" for f in own for note in f.notes)
        parts += [f"## {title(framework)}", '<div class="forms">', table(_HEAD, rows), "</div>",
                  lines_of(said)]
    return join(parts)


def _row(form: Form, folder: str, *, seen: bool) -> list[str]:
    """A form as cells; the class is named where it has not been seen."""
    called = ", ".join(f"`{k}={v}`" for k, v in form.arguments.items())
    switched = escape(form.called.replace("_", " ")) if folder == "schedules" else (
        f"`{form.called}`" if form.called else ""
    )
    return [
        "" if seen else f"`{form.name}`",
        f"{switched}{': ' if switched and called else ''}{called}",
        f"{{doc}}`{form.computes} <../{folder}/{form.computes}>`",
        "conforms" if form.ran else "read",
        ", ".join(f"`{k}={v}`" for k, v in form.differs.items()),
        "<br>".join(f"`{_cell(line)}`" for line in form.formula),
        ", ".join(f"`{form.names.get(k, k)}={v}`" for k, v in form.defaults.items()),
        escape(form.version),
    ]


def _cell(line: str) -> str:
    """A line of a formula within a cell."""
    return " ".join(line.split()).replace("|", "\\|")
