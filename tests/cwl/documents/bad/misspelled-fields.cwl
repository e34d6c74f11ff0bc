cwlVersion: v1.2
class: CommandLineTool
baseComand: echo
inputs:
  x:
    type: string
    inputBinding: {position: first, prefx: 3}
outputs: []
