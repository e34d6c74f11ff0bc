cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {lefts: 'string[]', rights: 'string[]'}
outputs:
  pairs: {type: 'string[]', outputSource: each/pair}
steps:
  each:
    run: pair.cwl
    scatter: [left, right]
    scatterMethod: dotproduct
    in: {left: lefts, right: rights}
    out: [pair]
