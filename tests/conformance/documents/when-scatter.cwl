cwlVersion: v1.2
class: Workflow
doc: Items of a scatter that are skipped give null.
requirements: {InlineJavascriptRequirement: {}, ScatterFeatureRequirement: {}}
inputs: {words: 'string[]'}
outputs:
  long: {type: 'string[]', outputSource: each/pair, pickValue: all_non_null}
steps:
  each:
    run: pair.cwl
    scatter: left
    when: $(inputs.left.length > 3)
    in: {left: words, right: {default: '!'}}
    out: [pair]
