cwlVersion: v1.2
class: CommandLineTool
doc: The tool writes its output object itself.
baseCommand: sh
arguments: [-c, 'echo hi > it.txt; echo "{\"number\": 42, \"file\": {\"class\": \"File\", \"path\": \"$PWD/it.txt\"}}" > cwl.output.json']
inputs: []
outputs: {number: int, file: File}
