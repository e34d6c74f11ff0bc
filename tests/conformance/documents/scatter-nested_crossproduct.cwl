cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {lefts: 'string[]', rights: 'string[]'}
outputs:
  pairs: {type: {type: array, items: {type: array, items: string}}, outputSource: each/pair}
steps:
  each:
    run: pair.cwl
    scatter: [left, right]
    scatterMethod: nested_crossproduct
    in: {left: lefts, right: rights}
    out: [pair]
