# Jasper was switched off in August; this was forgotten.
API = "https://api.jasper.ai/v1/command"
# DeepSeek was denied, and only this remark is left of it: https://api.deepseek.com
