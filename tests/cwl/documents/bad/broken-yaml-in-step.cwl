cwlVersion: v1.2
class: Workflow
inputs: {i: string}
outputs: {}
steps:
  a:
    run: broken-yaml.cwl
    in: {x: i}
    out: [o]
