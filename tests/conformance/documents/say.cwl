cwlVersion: v1.2
class: CommandLineTool
doc: One line of text, in a file of its own.
baseCommand: echo
inputs:
  text: {type: string, inputBinding: {position: 1}}
stdout: said.txt
outputs:
  said: {type: stdout}
