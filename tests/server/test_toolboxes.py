"""The server lists the kernels of toolboxes as they come and go, and starts them."""

# ruff: noqa: F811 - fixtures that tests name

from __future__ import annotations

import asyncio
import json
from typing import Any

from toolboxes.channel import Server
from toolboxes.conftest import channel, made  # noqa: F401 - fixtures

from ellip_lab.lab import Lab
from ellip_lab.server.route import PREFIX
from ellip_lab.toolboxes.contract import Toolbox, ToolboxPlan, ToolboxWork

from .standin import Ask, told


async def done(ask: Ask, reply: Any) -> ToolboxWork:
    """Waits for the end of a work as a browser does."""
    assert reply.code == 201, reply.body
    work = ToolboxWork.model_validate_json(reply.body)
    while not work.state.final:
        await asyncio.sleep(0.1)
        work = ToolboxWork.model_validate_json((await ask(f"{PREFIX}/toolboxes/works/{work.id}")).body)
    assert work.state == "done", work
    return work


async def kernels(ask: Ask) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await ask("api/kernelspecs")).body)["kernelspecs"]
    return found


async def test_a_kernel_is_there_as_soon_as_its_toolbox(ask: Ask, channel: Server) -> None:
    assert "ellip-toolbox-eo" not in await kernels(ask)
    body = {"name": "eo", "packages": ["hello-eo"], "channels": [channel.url], "title": "Hello EO"}
    planned = ToolboxPlan.model_validate_json(
        (await ask(f"{PREFIX}/toolboxes/plan", method="POST", body=body)).body
    )
    assert [one.name for one in planned.changes] == ["hello-eo", "eo-data"]
    await done(ask, await ask(f"{PREFIX}/toolboxes/install", method="POST", body=body))
    found = (await kernels(ask))["ellip-toolbox-eo"]
    assert found["spec"]["display_name"] == "Hello EO (eo)"
    shown = Toolbox.model_validate_json(
        (await ask(f"{PREFIX}/toolboxes/toolbox", params={"name": "eo"})).body
    )
    assert shown.kernel == "ellip-toolbox-eo"
    await done(ask, await ask(f"{PREFIX}/toolboxes/remove", method="POST", body={"name": "eo"}))
    assert "ellip-toolbox-eo" not in await kernels(ask)


async def test_files_are_those_of_the_workspace(ask: Ask, lab: Lab, channel: Server) -> None:
    (lab.settings.root / "environment.yml").write_text(
        f"channels: [{channel.url}]\ndependencies: [hello-eo=1.0]\n"
    )
    body = {"name": "eo", "file": "environment.yml"}
    reply = await ask(f"{PREFIX}/toolboxes/plan", method="POST", body=body)
    assert ToolboxPlan.model_validate_json(reply.body).specs == ("hello-eo=1.0",)
    work = await done(ask, await ask(f"{PREFIX}/toolboxes/install", method="POST", body=body))
    assert work.request["file"] == "environment.yml", "as it was asked, to be asked again"
    body = {"name": "eo2", "file": "../../etc/passwd"}
    told(await ask(f"{PREFIX}/toolboxes/plan", method="POST", body=body), 403)
    missing = told(await ask(f"{PREFIX}/toolboxes/plan", method="POST", body={**body, "file": "no.yml"}), 404)
    assert missing.detail == "there is no file no.yml"
    terminal = await ask(f"{PREFIX}/toolboxes/terminal", method="POST", body={"name": "eo"})
    assert json.loads(terminal.body)["line"].startswith(". ")
    told(await ask(f"{PREFIX}/toolboxes/terminal", method="POST", body={"name": "none"}), 404)
