cwlVersion: v1.2
class: CommandLineTool
label: All types
doc: |
  Says everything.
baseCommand: echo
requirements:
  SchemaDefRequirement:
    types:
      - name: Sensor
        type: record
        label: A sensor
        fields:
          - {name: name, type: string, doc: its name}
          - {name: gain, type: 'float?'}
inputs:
  s: {type: string, label: Some string, doc: [a, b]}
  so: string?
  i: {type: int, default: 3}
  l: long
  f: float
  d: double
  b: boolean
  fi: {type: File, format: "http://edamontology.org/format_3591", secondaryFiles: [.aux, ^.tfw?]}
  fo: File?
  fd: {type: File, default: {class: File, location: tool.cwl}}
  di: Directory
  a: Any
  e: {type: {type: enum, symbols: [red, nir]}}
  eo: {type: ['null', {type: enum, symbols: [red, nir]}]}
  r: {type: {type: record, fields: {x: int, y: {type: 'string[]?'}}}}
  arr: string[]
  arr2: {type: {type: array, items: {type: array, items: File}}}
  u: {type: [string, int, File]}
  uo: {type: ['null', string, 'int[]']}
  sen: Sensor
  sens: {type: 'Sensor[]?'}
  std: stdin
outputs: []
