cwlVersion: v1.2
class: CommandLineTool
doc: {$include: nothere.md}
inputs: []
outputs: []
