cwlVersion: v1.2
class: Workflow
inputs: {i: string}
outputs: {o: {type: File, outputSource: a/o}}
steps:
  a:
    run: ../tool.cwl
    in: {}
    out: [o]
