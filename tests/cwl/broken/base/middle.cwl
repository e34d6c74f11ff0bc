cwlVersion: v1.2
class: Workflow
requirements: {SubworkflowFeatureRequirement: {}}
inputs: {x: string}
outputs: {y: {type: File, outputSource: go/y}}
steps:
  go: {run: inner.cwl, in: {x: x}, out: [y]}
