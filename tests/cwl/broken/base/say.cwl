cwlVersion: v1.0
class: CommandLineTool
baseCommand: echo
inputs:
  word: {type: string, inputBinding: {}}
  after: File?
outputs:
  said: stdout
