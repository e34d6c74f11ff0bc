"""`cwltest` drives `ellip run` as it drives every cwl-runner; the larger suite is in tests/conformance."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cli.conftest import ECHO, Desk

SUITE = """
- doc: the output object
  tool: echo.cwl
  job: hello.yml
  id: echo
  tags: [required, command_line_tool]
  output:
    said:
      class: File
      location: said.txt
      checksum: sha1$f572d396fae9206628714fb2ce00f72e94f2258f
      size: 6
- doc: an entry of a graph, without parameters
  tool: graph.cwl#two
  id: entry
  tags: [command_line_tool]
  output: {}
- doc: a missing input is an error
  tool: echo.cwl
  job: empty.yml
  id: missing
  should_fail: true
  tags: [required]
  output: {}
- doc: not supported is said by its code
  tool: operation.cwl
  id: unsupported
  tags: [command_line_tool]
  output: {}
"""


def test_cwltest(desk: Desk) -> None:
    desk.write("echo.cwl", ECHO)
    desk.write("hello.yml", "message: hello\n")
    desk.write("empty.yml", "{}\n")
    one, two = (
        f"{{class: CommandLineTool, id: {name}, baseCommand: 'true', inputs: [], outputs: []}}"
        for name in ("one", "two")
    )
    desk.write("graph.cwl", f"cwlVersion: v1.2\n$graph:\n- {one}\n- {two}\n")
    desk.write("operation.cwl", "cwlVersion: v1.2\nclass: Operation\ninputs: []\noutputs: []\n")
    desk.write("suite.yml", SUITE)
    runner = desk.write("bin/ellip", f'#!/bin/sh\nexec {sys.executable} -m ellip_lab.cli "$@"\n')
    runner.chmod(0o755)
    cwltest = Path(sys.executable).with_name("cwltest")
    done = subprocess.run(
        [cwltest, "--test", "suite.yml", "--tool", str(runner), "--", "run", "--no-container"],
        cwd=desk.folder,
        env=desk.env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "3 tests passed, 1 unsupported features" in said, said
    assert done.returncode == 0, said
