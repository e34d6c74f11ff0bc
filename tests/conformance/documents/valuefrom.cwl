cwlVersion: v1.2
class: Workflow
doc: valueFrom in a step and in a tool; several sources, merged both ways.
requirements: {StepInputExpressionRequirement: {}, MultipleInputFeatureRequirement: {}, InlineJavascriptRequirement: {}}
inputs: {numbers: 'int[]', more: 'int[]'}
outputs:
  nested: {type: int, outputSource: nested/length}
  flat: {type: int, outputSource: flat/length}
steps:
  nested:
    run: length.cwl
    in: {list: {source: [numbers, more], linkMerge: merge_nested}}
    out: [length]
  flat:
    run: length.cwl
    in: {list: {source: [numbers, more], linkMerge: merge_flattened, valueFrom: '$(self.concat([0]))'}}
    out: [length]
