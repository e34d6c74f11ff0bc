cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs: {x: File}
outputs: {o: stdout}
