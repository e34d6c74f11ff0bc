"""Says a run again, ready to paste: as a command line, or as Python."""

from __future__ import annotations

import json
import pprint
import shlex
from pathlib import Path
from typing import Any

from ellip_lab.runs.contract import ContainerChoice, Network, RunRequest, Script, ScriptLanguage


def script(request: RunRequest, language: ScriptLanguage) -> Script:
    """Gives a run in a language."""
    return Script(
        language=language, text=_python(request) if language is ScriptLanguage.PYTHON else _shell(request)
    )


def _shell(request: RunRequest) -> str:
    parts = ["ellip", "run"]
    if request.engine != "cwltool":
        parts += ["--engine", request.engine]
    if request.container is not None and request.container is not ContainerChoice.AUTO:
        parts += ["--container", request.container.value]
    if request.network is not Network.AUTO:
        parts += ["--network", request.network.value]
    if not request.parallel:
        parts.append("--no-parallel")
    if request.name:
        parts += ["--name", request.name]
    if request.outdir:
        parts += ["--outdir", request.outdir]
    if request.publish:
        parts += ["--publish", request.publish]
    if request.toolbox:
        parts += ["--toolbox", request.toolbox]
    base = request.base or str(Path(request.document).parent)
    if request.base or holds_paths(request.inputs):
        parts += ["--basedir", base]  # what stands on standard input has no folder of its own
    document = request.document + (f"#{request.entry}" if request.entry else "")
    words = " ".join(shlex.quote(part) for part in [*parts, document])
    if not request.inputs:
        return f"{words}\n"
    return f"{words} - <<'INPUTS'\n{json.dumps(request.inputs, indent=2, ensure_ascii=False)}\nINPUTS\n"


def holds_paths(value: Any) -> bool:
    """Tells whether a File or Directory is among the inputs."""
    if isinstance(value, dict):
        return value.get("class") in ("File", "Directory") or any(map(holds_paths, value.values()))
    return isinstance(value, list) and any(map(holds_paths, value))


def _python(request: RunRequest) -> str:
    options: dict[str, Any] = {} if request.engine == "cwltool" else {"engine": request.engine}
    for name in ("entry", "base", "outdir", "name", "publish", "toolbox"):
        if getattr(request, name) is not None:
            options[name] = getattr(request, name)
    if request.container is not None and request.container is not ContainerChoice.AUTO:
        options["container"] = request.container.value
    if request.network is not Network.AUTO:
        options["network"] = request.network.value
    if not request.parallel:
        options["parallel"] = False
    lines = [f"    {request.document!r},", f"    {_indented(request.inputs)},"]
    lines += [f"    {name}={value!r}," for name, value in options.items()]
    body = "\n".join(lines)
    return f"from ellip_lab import Lab\n\nrun = Lab().runs.start(\n{body}\n).wait()\nprint(run.outputs)\n"


def _indented(value: Any) -> str:
    return pprint.pformat(value, width=90, sort_dicts=False).replace("\n", "\n    ")
