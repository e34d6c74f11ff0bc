cwlVersion: v1.2
class: CommandLineTool
inputs: {x: [
outputs: []
