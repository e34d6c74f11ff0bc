cwlVersion: v2.9
class: CommandLineTool
inputs: {}
outputs: {}
