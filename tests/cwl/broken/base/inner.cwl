cwlVersion: v1.2
class: Workflow
inputs: {x: string}
outputs: {y: {type: File, outputSource: go/said}}
steps:
  go: {run: say.cwl, in: {word: x}, out: [said]}
