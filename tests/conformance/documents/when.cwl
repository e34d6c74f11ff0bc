cwlVersion: v1.2
class: Workflow
doc: One of two steps runs; the other gives null.
requirements: {InlineJavascriptRequirement: {}, MultipleInputFeatureRequirement: {}}
inputs: {number: int}
outputs:
  chosen: {type: string, outputSource: [small/pair, large/pair], pickValue: the_only_non_null}
  both: {type: {type: array, items: ['null', string]}, outputSource: [small/pair, large/pair]}
steps:
  small:
    run: pair.cwl
    when: $(inputs.number < 10)
    in: {number: number, left: {default: it is}, right: {default: small}}
    out: [pair]
  large:
    run: pair.cwl
    when: $(inputs.number >= 10)
    in: {number: number, left: {default: it is}, right: {default: large}}
    out: [pair]
