cwlVersion: v1.2
class: CommandLineTool
inputs:
  $import: nothere.yml
outputs: []
