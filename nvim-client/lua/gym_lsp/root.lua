-- Finds the NeMo Gym workspace of a file. This runs for every YAML and JSONL file, shell script and Markdown that the
-- user opens, so it checks names first and reads little.

local M = {}

--- The file types that can contain commands and configs. Neovim itself does not detect MDX; users choose a name for it.
M.DOCUMENTS = { 'markdown', 'markdown.mdx', 'mdx', 'sh', 'bash' }

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

--- Folders of servers, whose configs are in a folder `configs`.
local SERVERS = {
  'resources_servers',
  'responses_api_agents',
  'responses_api_models',
  'environment_servers',
  'nemo_gym',
}

--- The number of lines that are read of a file whose path does not decide.
local LINES = 500

--- The number of files beside an empty one that are read.
local FILES = 20

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

--- Returns the folder `environments`, `benchmarks` or that of servers which makes a path the place of a config, whatever
--- the file contains; nil elsewhere. The server has the same rule.
---@param path string
---@return string?
function M.folder_of_place(path)
  local name = vim.fs.basename(path)
  if not name:find('%.ya?ml$') or name == 'env.yaml' or name == 'manifest.yaml' then
    return nil
  end
  local has_configs, is_in_component = false, false
  for folder in vim.fs.parents(path) do
    local folder_name = vim.fs.basename(folder)
    if folder_name == 'prompts' then
      return nil
    end
    if is_in_component and vim.tbl_contains(COMMON, folder_name) or has_configs and vim.tbl_contains(SERVERS, folder_name) then
      return folder
    end
    has_configs = has_configs or folder_name == 'configs'
    is_in_component = true
  end
  return nil
end

--- Returns whether lines have no values yet, so that only the place of the file shows what it will be.
---@param lines string[]
---@return boolean
function M.is_begun(lines)
  for _, line in ipairs(lines) do
    if not line:gsub('#.*', ''):find('^%s*[%w_.-]*:?%s*$') then
      return false
    end
  end
  return true
end

--- Returns whether the other files in a folder have contents, and none of them looks like a config.
local function is_of_other_tool(folder, path)
  local has_contents, count = false, 0
  for name, kind in vim.fs.dir(folder, { depth = 3 }) do
    local other = vim.fs.joinpath(folder, name)
    if kind == 'file' and name:find('/.*%.ya?ml$') and other ~= path then
      local lines = vim.fn.readfile(other, '', LINES)
      if M.looks_like_gym(lines) then
        return false
      end
      has_contents = has_contents or not M.is_begun(lines)
      count = count + 1
      if count == FILES then
        break
      end
    end
  end
  return has_contents
end

--- Returns the workspace of a file that has no values yet, if configs belong at its place. A folder of projects can be
--- called `environments` too: then the repository is below it, or the workspace would be the home folder.
local function root_by_place(path, lines)
  local folder = M.folder_of_place(path)
  if not folder or not M.is_begun(lines) then
    return nil
  end
  local root = vim.fs.dirname(folder)
  local repository = vim.fs.dirname(vim.fs.find('.git', { path = vim.fs.dirname(path), upward = true })[1])
  local is_below = repository and #repository > #root
  if is_below or root == vim.fs.normalize(vim.uv.os_homedir()) or is_of_other_tool(folder, path) then
    return nil
  end
  return root
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

--- Returns the path of a buffer; nil if it is not a file.
local function path_of(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == '' or vim.bo[buffer].buftype ~= '' then
    return nil
  end
  return vim.fs.normalize(vim.fn.fnamemodify(name, ':p'))
end

--- Returns the nearest folder upwards that is a root.
local function marked_above(path)
  for folder in vim.fs.parents(path) do
    if is_marked(folder) then
      return folder
    end
  end
end

--- Returns the NeMo Gym workspace that contains a folder, else the folder, in which a workspace can begin.
---@param folder string
---@return string
function M.of_folder(folder)
  folder = vim.fs.normalize(folder)
  return is_marked(folder) and folder or marked_above(folder) or folder
end

--- Returns whether a shell script or Markdown may contain a command of NeMo Gym or, in a block of YAML, a config.
local function may_be_checked(buffer)
  for _, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:find('gym[_%s]') or line:find('%f[%w]ng[_%s]') or line:find('[`~][`~][`~].*ya?ml') then
      return true
    end
  end
  return false
end

--- Returns the NeMo Gym workspace of a shell script or of Markdown with something to check; nil for any other. A
--- command alone does not make a folder a workspace.
---@param buffer integer
---@return string?
function M.of_document(buffer)
  local path = path_of(buffer)
  if not path or not may_be_checked(buffer) then
    return nil
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = 'gym_lsp' })) do
    local root = client.root_dir or client.config.root_dir
    if root and vim.startswith(path, root .. '/') then
      return root
    end
  end
  return marked_above(path)
end

--- Returns the NeMo Gym workspace of a buffer; nil if it is not in one.
---@param buffer integer
---@return string?
function M.of(buffer)
  local path = path_of(buffer)
  if not path then
    return nil
  end
  local folder = marked_above(path)
  if folder then
    return folder
  end
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, LINES, false)
  if M.looks_like_gym(lines) then
    return root_by_path(path)
  end
  return root_by_place(path, lines)
end

return M
