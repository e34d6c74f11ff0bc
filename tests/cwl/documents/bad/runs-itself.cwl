cwlVersion: v1.2
class: Workflow
requirements: {SubworkflowFeatureRequirement: {}}
inputs: {i: string}
outputs: {}
steps:
  a:
    run: runs-itself.cwl
    in: {i: i}
    out: []
