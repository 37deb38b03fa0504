"""The support bot of Acme: approved, see entry azure-openai-support-bot of the register."""

import os

import requests

ENDPOINT = "https://acme-support.openai.azure.com/openai/deployments/support/chat/completions"
MODEL = "gpt-4o-mini"


def answer(question: str) -> str:
    reply = requests.post(
        ENDPOINT,
        headers={"api-key": os.environ["AZURE_OPENAI_API_KEY"]},
        json={"model": MODEL, "messages": [{"role": "user", "content": question}]},
        timeout=30,
    )
    return reply.json()["choices"][0]["message"]["content"]
