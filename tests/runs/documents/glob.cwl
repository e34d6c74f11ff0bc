cwlVersion: v1.2
class: CommandLineTool
baseCommand: [echo, I write nothing]
inputs: []
outputs:
  raster: {type: File, outputBinding: {glob: "*.tif"}}
