# Your files beside this package that the objective needs: they go into the pods with it.
FILES = [
{% for path in files %}
    str({{ root }} / {{ path | to_json(ensure_ascii=false) }}),
{% endfor %}
]
