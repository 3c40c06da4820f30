-- Tells whether a file belongs to a NeMo Gym workspace, and where that begins. It runs for every YAML file that is
-- opened, wherever it lies, so it looks at names first, and at little else.

local M = {}

--- A folder that holds one of these is where NeMo Gym's relative paths begin.
local MARKERS = {
  'gym-lsp.toml',
  'nemo_gym',
  'resources_servers',
  'responses_api_agents',
  'responses_api_models',
  'environment_servers',
}

--- Folders of a workspace whose names others use as well, so that the file has to show what it is.
local COMMON = { 'environments', 'benchmarks' }

--- How many lines are read of a file whose place does not tell.
local LINES = 500

local TOP = { '^config_paths:', '^_inherit_from:', '^_copy:' }
local BELOW = {
  '^%s+resources_servers:',
  '^%s+responses_api_agents:',
  '^%s+responses_api_models:',
  '^%s+environment_servers:',
  '^%s+_inherit_from:',
  '^%s+_copy:',
}

local function is_there(path)
  return vim.uv.fs_stat(path) ~= nil
end

--- Whether a project says in its pyproject.toml that it has to do with NeMo Gym.
local function names_gym(path)
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
    if is_there(vim.fs.joinpath(folder, name)) then
      return true
    end
  end
  return names_gym(vim.fs.joinpath(folder, 'pyproject.toml'))
end

--- Whether lines of YAML look like a NeMo Gym config.
---@param lines string[]
---@return boolean
function M.shows_gym(lines)
  for _, line in ipairs(lines) do
    for _, pattern in ipairs(line:find('^%s') and BELOW or TOP) do
      if line:find(pattern) then
        return true
      end
    end
  end
  return false
end

--- The folder of the workspace that a file which is a config by its content belongs to.
local function root_by_place(path)
  for folder in vim.fs.parents(path) do
    if vim.tbl_contains(COMMON, vim.fs.basename(folder)) then
      return vim.fs.dirname(folder)
    end
  end
  local project = vim.fs.find({ '.git', 'pyproject.toml' }, { path = vim.fs.dirname(path), upward = true })[1]
  return vim.fs.dirname(project or path)
end

--- The folder of the workspace that a buffer belongs to; nil if NeMo Gym has nothing to do with it.
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
  if M.shows_gym(vim.api.nvim_buf_get_lines(buffer, 0, LINES, false)) then
    return root_by_place(path)
  end
  return nil
end

return M
