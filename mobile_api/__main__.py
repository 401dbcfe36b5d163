"""Print the API's document: `python -m mobile_api > docs/openapi.json` after a change of the contract."""

import json

from mobile_api.app import contract

if __name__ == "__main__":
    print(json.dumps(contract(), ensure_ascii=False, indent=1))
