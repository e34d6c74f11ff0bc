cwlVersion: v1.2
class: CommandLineTol
inputs: {}
outputs: {}
