cwlVersion: v1.2
class: CommandLineTool
baseCommand: 1
inputs:
  x: {type: {type: array, itms: string}}
  y: {type: [null, string]}
  z: {}
outputs:
  o: {type: File, outputBinding: {glob: 3}}
