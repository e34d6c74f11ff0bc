cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
doc: café
inputs: []
outputs: []
