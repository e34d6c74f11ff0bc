cwlVersion: v1.2
class: ExpressionTool
doc: An expression instead of a command.
requirements:
  InlineJavascriptRequirement:
    expressionLib:
      - "function size(list) { return list.length; }"
inputs: {list: Any}
outputs: {length: int}
expression: '${ return {"length": size(inputs.list)}; }'
