-- Finds the NeMo Gym workspace of a file. This runs for every YAML and JSONL file that the user opens, so it checks
-- names first and reads little.

local M = {}

--- A folder that contains one of these is the root of NeMo Gym's relative paths.
local MARKERS = {
  'gym-lsp.toml',
  'nemo_gym',
  'resources_servers',
  'responses_api_agents',
  'responses_api_models',
  'environment_servers',
}

--- Folders of a workspace that have common names, so the content of the file decides.
local COMMON = { 'environments', 'benchmarks' }

--- The number of lines that are read of a file whose path does not decide.
local LINES = 500

local TOP = { '^config_paths:', '^_inherit_from:', '^_copy:' }
local BELOW = {
  '^%s+resources_servers:',
  '^%s+responses_api_agents:',
  '^%s+responses_api_models:',
  '^%s+environment_servers:',
  '^%s+_inherit_from:',
  '^%s+_copy:',
  '^%s+nemo_gym:',
}

local function exists(path)
  return vim.uv.fs_stat(path) ~= nil
end

--- Returns whether a pyproject.toml mentions NeMo Gym or gym-lsp.
local function mentions_gym(path)
  local file = io.open(path, 'r')
  if not file then
    return false
  end
  local text = file:read('*a')
  file:close()
  return text:find('gym-lsp', 1, true) ~= nil or text:find('nemo[-_]gym') ~= nil
end

local function is_marked(folder)
  for _, name in ipairs(MARKERS) do
    if exists(vim.fs.joinpath(folder, name)) then
      return true
    end
  end
  return mentions_gym(vim.fs.joinpath(folder, 'pyproject.toml'))
end

--- Returns whether lines of YAML look like a NeMo Gym config, or like a training recipe.
---@param lines string[]
---@return boolean
function M.looks_like_gym(lines)
  for _, line in ipairs(lines) do
    for _, pattern in ipairs(line:find('^%s') and BELOW or TOP) do
      if line:find(pattern) then
        return true
      end
    end
  end
  return false
end

--- Returns the workspace of a file whose content is a config.
local function root_by_path(path)
  for folder in vim.fs.parents(path) do
    if vim.tbl_contains(COMMON, vim.fs.basename(folder)) then
      return vim.fs.dirname(folder)
    end
  end
  local project = vim.fs.find({ '.git', 'pyproject.toml' }, { path = vim.fs.dirname(path), upward = true })[1]
  return vim.fs.dirname(project or path)
end

--- Returns the NeMo Gym workspace of a buffer; nil if it is not in one.
---@param buffer integer
---@return string?
function M.of(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == '' or vim.bo[buffer].buftype ~= '' then
    return nil
  end
  local path = vim.fs.normalize(vim.fn.fnamemodify(name, ':p'))
  for folder in vim.fs.parents(path) do
    if is_marked(folder) then
      return folder
    end
  end
  if M.looks_like_gym(vim.api.nvim_buf_get_lines(buffer, 0, LINES, false)) then
    return root_by_path(path)
  end
  return nil
end

return M
