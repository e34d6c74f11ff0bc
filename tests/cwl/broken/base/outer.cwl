cwlVersion: v1.2
class: Workflow
requirements: {SubworkflowFeatureRequirement: {}}
inputs: {x: string}
outputs: {y: {type: File, outputSource: go/y}}
steps:
  go: {run: middle.cwl, in: {x: x}, out: [y]}
