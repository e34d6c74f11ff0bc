cwlVersion: v1.2
class: CommandLineTool
$namespaces:
  s: https://schema.org/
$schemas:
  - https://schema.invalid/never-fetched.rdf
s:softwareVersion: 1.0.0
s:author:
  - class: s:Person
    s:name: Somebody
baseCommand: echo
inputs:
  scene:
    type: File
    format: s:Image
outputs: []
