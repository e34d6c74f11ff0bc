cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  x:
    type: string
    inputBinding: {position: [1]}
outputs: []
