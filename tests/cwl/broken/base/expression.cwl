cwlVersion: v1.2
class: ExpressionTool
requirements:
  - class: InlineJavascriptRequirement
inputs:
  items: {type: 'int[]'}
outputs:
  sum: int
expression: |
  ${
    var sum = 0;
    for (var i = 0; i < inputs.items.length; i++) {
      sum += inputs.items[i];
    }
    return {"sum": sum};
  }
